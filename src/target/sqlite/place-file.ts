// Puts a database file where there is none: staged beside its place, brought to disk, then given its name in one step.

import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, chown, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../diagnostic/index.ts';
import { realPathOf } from '../real-path.ts';
import type { Announcing, FileOwner, Placed, TargetSpec } from '../target.ts';
import { requireNoHolders } from './holders.ts';
import { lastOwner } from './set-aside.ts';
import { syncFile } from './sync-file.ts';

/**
 * `from` is a verified private copy in rollback-journal form; the file gets `journalMode`. Owner and mode become those of the file that was set aside
 * last, else `owner`; what this user may not give away stays their own, and is said in `problem`.
 *
 * Fails with `target/occupied` when one of the four files exists, `target/in-use` when a process holds one that is
 * deleted, `backup/restore-failed` when the file system refuses. Nothing is at the path then, unless its state says so.
 * Crash: leaves a file `.<name>.belay-staged`, which the next time overwrites, or the whole database.
 */
export async function placeFile(
  spec: TargetSpec,
  from: string,
  { owner, journalMode }: { readonly owner: FileOwner; readonly journalMode: string },
  say: Announcing,
): Promise<Placed> {
  const realPath = realPathOf(spec.path);
  requireNothing(realPath);
  requireNoHolders(spec, 'nothing was put in its place');
  const wanted = lastOwner(realPath) ?? owner;
  const staged = join(dirname(realPath), `.${basename(realPath)}.belay-staged`);
  let isPlaced = false;
  try {
    await rm(staged, { force: true });
    await pipeline(createReadStream(from), createWriteStream(staged, { flags: 'wx', mode: 0o600 }));
    if (journalMode === 'wal') await enterWal(staged);
    const problem = await give(staged, realPath, wanted);
    await syncFile(staged);
    requireNothing(realPath);
    // Order: the bytes are on disk before the name is, and the journal knows of it before.
    say.announce();
    await rename(staged, realPath).catch((error: unknown) => {
      say.withdraw();
      throw error;
    });
    isPlaced = true;
    await syncFile(dirname(realPath));
    return { owner: wanted, ...(problem === undefined ? {} : { problem }) };
  } catch (cause) {
    await rm(staged, { force: true }).catch(() => undefined);
    if (cause instanceof Failure || !(cause instanceof Error && 'code' in cause)) throw cause;
    const state = isPlaced
      ? 'the database is at that path, and a power cut could still take it from there'
      : 'there is still no database at that path';
    throw new Failure(
      'backup/restore-failed',
      `the restored database cannot be put at \`${realPath}\`: ${cause.message}`,
      { state, fix: 'correct that, then restore again', cause },
    );
  }
}

/**
 * As SQLite does it: the versions in the header. Done before the file has its name, so that there is no moment in which a
 * crash leaves the database in another mode than its application knows.
 */
async function enterWal(staged: string): Promise<void> {
  await using file = await open(staged, 'r+');
  await file.write(Uint8Array.of(2, 2), 0, 2, 18);
}

async function give(staged: string, realPath: string, owner: FileOwner): Promise<string | undefined> {
  const { ownerId, groupId, mode } = owner;
  let problem: string | undefined;
  await chown(staged, ownerId, groupId).catch(async () => {
    await chown(staged, -1, groupId).catch(() => undefined);
    const now = await stat(staged);
    problem = `\`${realPath}\` belongs to user ${now.uid} and group ${now.gid} now, before to ${ownerId} and ${groupId}: only root can give it back`;
  });
  const found = await stat(staged);
  // Not readable by another group than before.
  await chmod(staged, found.gid === groupId ? mode : mode & 0o700);
  return problem;
}

function requireNothing(realPath: string): void {
  const inTheWay = ['', '-wal', '-shm', '-journal'].find((suffix) => existsSync(`${realPath}${suffix}`));
  if (inTheWay === undefined) return;
  throw new Failure('target/occupied', `\`${realPath}${inTheWay}\` exists`, {
    state: 'nothing was put in its place',
    fix: 'set the files aside with `backup.quarantine`, then restore again',
  });
}
