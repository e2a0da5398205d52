// Makes a file's bytes, or the names in a folder, survive a power cut. Never for a file that SQLite has open here.

import { open } from 'node:fs/promises';

export async function syncFile(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
