// Restoring a backup where no readable database is: what lies there is set aside whole, a verified copy gets the name.
// The caller holds the lease and has no session open.

import { chown } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MovedFiles } from '../journal/event.ts';
import { leasePath } from '../lease/index.ts';
import { realPathOf, type WriteSession } from '../target/index.ts';
import { notProven, type RestoredBackup, type RestoreRequest, unpackSound } from './restore.ts';
import { removeCopy, requireFolderRoom } from './unpack.ts';

export interface PlaceRequest extends Omit<RestoreRequest, 'session'> {
  /** Names the quarantine of what is there. */
  readonly quarantineId: string;
  /** Makes known what happens next, and why no rows can take it back; durable before it returns. */
  announce(withoutChangeset: string, files: MovedFiles): void;
  committed(): void;
  withdraw(): void;
  warn(message: string): void;
  /** A session on the new file. */
  open(): Promise<WriteSession>;
}

/**
 * Fails before anything is moved with the codes of `restoreBackup` and `target/in-use`; with `backup/restore-failed` when
 * the file could not be put in its place: then there is none, and what was there is in quarantine.
 *
 * Crash: before the rename the path is empty, after it the whole backup is there.
 */
export async function placeBackup(request: PlaceRequest): Promise<RestoredBackup> {
  const { driver, found, spec, signal, onProgress } = request;
  const { path, manifest } = await unpackSound(request);
  try {
    const realPath = realPathOf(spec.path);
    await requireFolderRoom(dirname(realPath), manifest.database.sizeBytes, 'writing the backup');
    // No rows are recorded, so only the quarantine or a backup takes these back.
    const aside = driver.quarantineOf(spec, request.quarantineId);
    const moved = await driver.setAside(spec, request.quarantineId, {
      announce: () =>
        request.announce(`the files that lay there are in quarantine in \`${aside}\``, {
          move: 'aside',
          folder: aside,
        }),
      withdraw: () => request.withdraw(),
    });
    if (moved !== undefined) request.committed();
    const like = { owner: manifest.target, journalMode: manifest.database.journalMode };
    const { owner, problem } = await driver.place(spec, path, like, {
      announce: () =>
        request.announce(`the file is backup \`${manifest.id}\` in the place of what was there`, {
          move: 'placed',
        }),
      withdraw: () => request.withdraw(),
    });
    // Beside a target that was not there the lease had nobody to belong to. By name: its lock is ours.
    await chown(leasePath(realPath), owner.ownerId, owner.groupId).catch(() => undefined);
    request.committed();
    if (problem !== undefined) request.warn(problem);
    const options = { ...(signal ? { signal } : {}) };
    const session = await request.open();
    onProgress?.({ message: 'prove' });
    const contentHash = await session.contentHash(options);
    if (contentHash !== manifest.database.contentHash) throw notProven(found, contentHash, manifest);
    return { entry: found.entry, pages: manifest.database.pageCount, contentHash };
  } finally {
    await removeCopy(path);
  }
}
