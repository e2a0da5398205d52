// The folder that holds the journal: created private and ignored by git, with a ballast file whose release lets a full
// disk still record its own failure. Never created for reading.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../diagnostic/index.ts';

export const ballastBytes = 2 ** 20;

export function journalPath(stateFolder: string): string {
  return join(stateFolder, 'journal.db');
}

/** True when the folder is there. Fails with `journal/unreadable` when something else is. */
export function hasStateFolder(stateFolder: string): boolean {
  const stat = statSync(stateFolder, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory())
    throw new Failure('journal/unreadable', `the state folder \`${stateFolder}\` is not a folder`, {
      fix: 'name another folder with `--state`',
    });
  return stat !== undefined;
}

/** Makes the folder, readable by its owner only. Its parent must exist. */
export function createStateFolder(stateFolder: string): void {
  try {
    mkdirSync(stateFolder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(stateFolder).isDirectory()) return;
    throw folderFailure(stateFolder, error);
  }
  try {
    writeFileSync(join(stateFolder, '.gitignore'), '*\n');
    syncFolder(dirname(stateFolder));
  } catch (error) {
    throw folderFailure(stateFolder, error);
  }
}

function folderFailure(stateFolder: string, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Readonly<Record<string, string>> = {
    EEXIST: 'a file is in its place',
    ENOTDIR: 'a part of its path is a file',
    ENOENT: `its parent folder \`${dirname(stateFolder)}\` does not exist`,
    EACCES: 'this user may not write there',
    EPERM: 'this user may not write there',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: "this user's disk quota is used up",
  };
  const reason = reasons[code ?? ''] ?? String((error as Error).message);
  return new Failure(
    'journal/write-failed',
    `the state folder \`${stateFolder}\` cannot be made: ${reason}`,
    {
      state: 'nothing has been run or changed',
      fix: 'make the folder usable, or name another one with `--state`',
      cause: error,
    },
  );
}

/** Reserves the ballast when it is missing and there is room for it; otherwise does nothing. */
export function ensureBallast(stateFolder: string): void {
  const path = ballastPath(stateFolder);
  if (statSync(path, { throwIfNoEntry: false })?.size === ballastBytes) return;
  if (freeBytes(stateFolder) < 2 * ballastBytes) return;
  try {
    // Not zeros: a file system that compresses would reserve nothing.
    const content = Buffer.alloc(ballastBytes);
    for (let i = 0, x = 1; i < ballastBytes; i++) {
      x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
      content[i] = x >>> 24;
    }
    writeFileSync(path, content, { mode: 0o600 });
  } catch {
    // The ballast is a precaution; without room for it the journal itself says what is wrong.
    removeBallast(path);
  }
}

/** Enough for an event or two; also when it cannot be asked. */
export function hasRoom(stateFolder: string): boolean {
  try {
    return freeBytes(stateFolder) > 2 ** 16;
  } catch {
    return true;
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Gives the reserved room back. */
export function releaseBallast(stateFolder: string): void {
  removeBallast(ballastPath(stateFolder));
}

/** Where not even that is possible, the failure that led here is the one to be told. */
function removeBallast(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function ballastPath(stateFolder: string): string {
  return join(stateFolder, 'ballast');
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
