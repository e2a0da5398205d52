// Copies a database that others have open, without touching it: main file and -wal, so that together they are a state
// that the database had. Plans only; a backup goes through SQLite.

import { constants } from 'node:fs';
import { copyFile, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatSize } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import { hasJournal } from './hot-journal.ts';
import { sizeOf } from './inspect-file.ts';
import { partOf } from './stamp.ts';

export interface StillCopy {
  readonly path: string;
  remove(): Promise<void>;
}

const attempts = 8;

/**
 * Invariant: the main file did not change from before its copy until after that of the -wal, and the -wal was not
 * restarted meanwhile. What is appended to a -wal during the copy is harmless: frames are valid by checksum, up to the last commit.
 *
 * Fails with `target/not-simulated` when the file never stands still or does not fit.
 */
export async function copyStill(realPath: string, scratchFolder: string): Promise<StillCopy> {
  await assertFits(realPath, scratchFolder);
  const folder = await mkdtemp(join(scratchFolder, 'still-'));
  const path = join(folder, basename(realPath));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (await tryCopy(realPath, path)) return { path, remove };
      await rm(`${path}-wal`, { force: true });
      await sleep(20 * attempt);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  await remove();
  throw notSimulated(`\`${realPath}\` was written to during each of ${attempts} attempts to copy it`);
}

async function tryCopy(realPath: string, path: string): Promise<boolean> {
  const main = await partOf(realPath);
  if (await hasJournal(realPath)) return false;
  await copyFile(realPath, path, constants.COPYFILE_FICLONE);
  const salt = await walHeader(realPath);
  if (salt !== '') await copyFile(`${realPath}-wal`, `${path}-wal`, constants.COPYFILE_FICLONE);
  return (
    !(await hasJournal(realPath)) && (await partOf(realPath)) === main && (await walHeader(realPath)) === salt
  );
}

/** The first 32 bytes hold the salts, which change whenever the -wal is started anew. */
async function walHeader(realPath: string): Promise<string> {
  try {
    await using file = await open(`${realPath}-wal`, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0);
    return buffer.subarray(0, bytesRead).toString('hex');
  } catch {
    return '';
  }
}

async function assertFits(realPath: string, scratchFolder: string): Promise<void> {
  const need = (await sizeOf(realPath)) + (await sizeOf(`${realPath}-wal`));
  const { bavail, bsize } = await statfs(scratchFolder);
  // Half: a plan must not be what fills the disk.
  if (need > (bavail * bsize) / 2)
    throw notSimulated(
      `\`${realPath}\` is being written to, and its copy of ${formatSize(need)} would take more than half of what is free in \`${scratchFolder}\``,
    );
}

function notSimulated(message: string): Failure {
  return new Failure('target/not-simulated', message, {
    state: 'nothing was changed',
    fix: 'plan again when less is written to the database',
  });
}
