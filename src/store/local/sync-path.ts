// Makes a file's bytes, or a folder's names, survive a power cut.

import { open } from 'node:fs/promises';

/** Never for a live database: closing any descriptor of it drops SQLite's locks in this process. */
export async function syncPath(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
