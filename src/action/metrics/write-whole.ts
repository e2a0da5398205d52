// A text file that appears whole or not at all.

import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';

/**
 * Writes `text` to `path`, durable. Fails with `action/unwritable-file`; what was there before is then untouched.
 *
 * Crash: dying in between leaves a hidden `.tmp` file beside it, which no collector reads and the next call replaces.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = await open(temporary, 'w', 0o644);
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const parent = await open(folder, 'r');
    try {
      await parent.sync();
    } finally {
      await parent.close();
    }
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new Failure(
      'action/unwritable-file',
      `\`${path}\` cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        state: 'what was there before is untouched',
        fix: 'make the folder, or let the user of the run write there',
        cause: error,
      },
    );
  }
}
