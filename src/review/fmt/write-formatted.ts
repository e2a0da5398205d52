// Puts a formatted text in the place of a file: as a whole or not at all, with the mode and the owner that it had.

import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';

/** Fails with `fmt/symbolic-link`: what it leads to may lie anywhere, and is not even read. */
export function refuseLink(path: string, shownAs: string): void {
  if (!lstatSync(path).isSymbolicLink()) return;
  throw new Failure('fmt/symbolic-link', `\`${shownAs}\` is a symbolic link`, {
    state: 'it is left as it is, and not read',
    fix: 'format the file that it leads to',
  });
}

/**
 * Fails with `usage/unwritable-file`; the file is as before then.
 *
 * Crash: what is staged beside it begins with a dot and is left behind; the file is the old one or the new one.
 */
export function writeFormatted(path: string, text: string, shownAs: string): void {
  const before = lstatSync(path);
  const state = 'the file is as before';
  if ((before.mode & 0o222) === 0)
    throw new Failure('usage/unwritable-file', `\`${shownAs}\` is read-only`, {
      state,
      fix: `chmod u+w ${shownAs}`,
    });
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}.belay-fmt`);
  try {
    stage(staged, text, before);
    renameSync(staged, path);
    syncFolder(dirname(path));
  } catch (cause) {
    rmSync(staged, { force: true });
    throw new Failure(
      'usage/unwritable-file',
      `\`${shownAs}\` cannot be written: ${(cause as Error).message}`,
      {
        state,
        fix: 'make the file and its folder writable',
        cause,
      },
    );
  }
}

function stage(staged: string, text: string, { mode, uid, gid }: Stats): void {
  const descriptor = openSync(staged, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fchmodSync(descriptor, mode & 0o7777);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (process.getuid?.() === 0) chownSync(staged, uid, gid);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
