// Whether a rollback journal beside a database holds something to roll back. A file left by journal mode PERSIST or
// TRUNCATE does not: its header is zeroed or gone.

import { open } from 'node:fs/promises';

const magic = 'd9d505f920a163d7';

export async function hasJournal(realPath: string): Promise<boolean> {
  try {
    await using file = await open(`${realPath}-journal`, 'r');
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.toString('hex') === magic;
  } catch {
    return false;
  }
}
