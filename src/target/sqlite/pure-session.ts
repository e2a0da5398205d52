// Reading for plans: writes nothing beside the database, not even a -shm. Immutable while nobody writes; otherwise on a
// private copy. Every answer was true of the database at one instant.

import { Failure } from '../../diagnostic/index.ts';
import type { ReadSession, TargetSpec } from '../target.ts';
import { inspectFile, sizeOf } from './inspect-file.ts';
import { type Call, type Holder, holdClient, sessionOver } from './session.ts';
import { stampOf } from './stamp.ts';
import { copyStill, type StillCopy } from './still-copy.ts';

const attempts = 4;

export async function openPure(spec: TargetSpec, scratchFolder: string): Promise<ReadSession> {
  const { identity } = await inspectFile(spec.path);
  const holder = holdPure(spec.name, identity.realPath, scratchFolder);
  try {
    // Finds at once what cannot be opened.
    await holder.call('facts', {});
  } catch (error) {
    await holder.close();
    throw error;
  }
  return sessionOver(spec.name, spec.path, identity, holder);
}

export function holdPure(target: string, realPath: string, scratchFolder: string): Holder {
  let live: { readonly holder: Holder; readonly stamp: string } | undefined;
  let copied: { readonly holder: Holder; readonly copy: StillCopy } | undefined;

  const open = (path: string, mode: 'immutable' | 'read'): Holder =>
    holdClient({ scratchFolder }, { target, path, mode, busyTimeoutMs: 0 });

  /** Undefined: the file did not stand still. */
  const readLive: Call = async (operation, args, options) => {
    const before = await stampOf(realPath);
    if (live && live.stamp !== before) {
      await live.holder.close();
      live = undefined;
    }
    live ??= { holder: open(realPath, 'immutable'), stamp: before };
    const { holder } = live;
    try {
      const result = await holder.call(operation, args, options);
      if ((await stampOf(realPath)) === before) return result;
    } catch (error) {
      // A page torn by a writer looks like damage; only a file that stood still is believed.
      if ((await stampOf(realPath)) === before) throw error;
    }
    throw moved;
  };

  const call: Call = async (operation, args, options) => {
    for (let attempt = 1; attempt <= attempts && !copied; attempt++) {
      if (!(await isAtRest(realPath))) break;
      try {
        return await readLive(operation, args, options);
      } catch (error) {
        if (error !== moved) throw error;
      }
    }
    if (!copied) {
      await live?.holder.close();
      const copy = await copyStill(realPath, scratchFolder);
      copied = { copy, holder: open(copy.path, 'read') };
    }
    return copied.holder.call(operation, args, options);
  };

  return {
    call,
    close: async () => {
      await live?.holder.close();
      await copied?.holder.close();
      await copied?.copy.remove();
    },
  };
}

const moved = new Error('the database was written to while it was read');

/** Everything is in the main file: no frames in a -wal, no journal that would have to be rolled back. */
async function isAtRest(realPath: string): Promise<boolean> {
  if ((await sizeOf(`${realPath}-journal`)) > 0) {
    throw new Failure(
      'target/needs-recovery',
      `\`${realPath}\` has a journal: a writer is at work, or died in the middle of a transaction`,
      {
        state: 'nothing was changed',
        fix: 'if no program works on it, open it once for writing (`sqlite3 FILE .tables`) so that SQLite rolls it back',
      },
    );
  }
  return (await sizeOf(`${realPath}-wal`)) === 0;
}
