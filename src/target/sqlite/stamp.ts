// Whether the files of a database stood still: sizes, times and inodes of the main file, -wal and -journal.

import { stat } from 'node:fs/promises';

/** Equal stamps: nobody wrote in between, as far as the file system tells. */
export async function stampOf(realPath: string): Promise<string> {
  const parts = await Promise.all(['', '-wal', '-journal'].map((suffix) => partOf(realPath + suffix)));
  return parts.join(' ');
}

export async function partOf(path: string): Promise<string> {
  const file = await stat(path, { bigint: true }).catch(() => undefined);
  return file ? `${file.dev}:${file.ino}:${file.size}:${file.mtimeNs}` : 'absent';
}
