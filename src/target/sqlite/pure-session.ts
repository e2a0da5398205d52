// Reading for plans: writes nothing beside the database, not even a -shm. Immutable while nobody writes; otherwise on a
// private copy. Every answer was true of the database at one instant.

import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../diagnostic/index.ts';
import { describeHolders, type OperationName } from '../../sqlite/index.ts';
import type { ReadSession } from '../session.ts';
import type { TargetSpec } from '../target.ts';
import { hasJournal } from './hot-journal.ts';
import { type FileFacts, inspectFile, sizeOf } from './inspect-file.ts';
import { type Call, type Holder, holdClient, sessionOver } from './session.ts';
import { stampOf } from './stamp.ts';
import { copyStill, type StillCopy } from './still-copy.ts';

const attempts = 4;
const journalAttempts = 20;

export async function openPure(spec: TargetSpec, scratchFolder: string): Promise<ReadSession> {
  const file = await inspectFile(spec.path);
  const holder = holdPure(spec.name, file, scratchFolder);
  try {
    // Finds at once what cannot be opened.
    await holder.call('facts', {});
  } catch (error) {
    await holder.close();
    throw error;
  }
  return sessionOver(spec.name, spec.path, file.identity, holder);
}

export function holdPure(target: string, file: FileFacts, scratchFolder: string): Holder {
  const { realPath } = file.identity;
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
      if ((await stampOf(realPath)) === before) return correctMode(operation, result, file);
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

/** An immutable connection knows no WAL, and says `delete`. */
function correctMode<Result>(operation: OperationName, result: Result, { isWal }: FileFacts): Result {
  return operation === 'facts' && isWal ? { ...result, journalMode: 'wal' } : result;
}

const moved = new Error('the database was written to while it was read');

/** Everything is in the main file: no frames in a -wal, nothing that would have to be rolled back. */
async function isAtRest(realPath: string): Promise<boolean> {
  for (let attempt = 0; await hasJournal(realPath); attempt++) {
    if (attempt === journalAttempts) throw atWorkOrDead(realPath);
    await sleep(25);
  }
  return (await sizeOf(`${realPath}-wal`)) === 0;
}

/** A journal with a writer behind it is a transaction at work; without one it is hot. */
function atWorkOrDead(realPath: string): Failure {
  const who = describeHolders(realPath);
  const state = 'nothing was changed';
  return who
    ? new Failure('target/not-simulated', `\`${realPath}\` is in the middle of a transaction by ${who}`, {
        state,
        fix: 'plan again when the transaction is over',
      })
    : new Failure(
        'target/needs-recovery',
        `\`${realPath}\` has a hot journal: a writer died in the middle of a transaction`,
        {
          state,
          fix: `open it once for writing, so that SQLite rolls back: \`sqlite3 ${realPath} .tables\``,
        },
      );
}
