// A private copy of a target for a rehearsal: the files as they lie, so that a damaged database is damaged in the copy
// too. Opens the live file for reading only, and never through SQLite.

import { chmod, constants, copyFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { realPathOf } from '../real-path.ts';
import type { TargetSpec } from '../target.ts';
import { copyStill } from './still-copy.ts';

const parts = ['', '-wal'];

/**
 * Copies main file and -wal into `folder`, twice: to work on, and to compare with. The name of the file stays.
 * Fails with `target/not-simulated` when the file never stands still or does not fit.
 */
export async function copyForRehearsal(
  spec: TargetSpec,
  folder: string,
): Promise<{ readonly path: string; readonly before: string }> {
  const realPath = realPathOf(spec.path);
  const copy = await copyStill(realPath, folder);
  const path = join(folder, basename(realPath));
  const before = join(folder, `before-${basename(realPath)}`);
  for (const part of parts) {
    await ifThere(rename(`${copy.path}${part}`, `${path}${part}`));
    // The copy is ours, whoever owns the original.
    await ifThere(chmod(`${path}${part}`, 0o600));
    await ifThere(copyFile(`${path}${part}`, `${before}${part}`, constants.COPYFILE_FICLONE));
  }
  await copy.remove();
  return { path, before };
}

/** A database without a -wal is whole without it. */
async function ifThere(work: Promise<void>): Promise<void> {
  await work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
