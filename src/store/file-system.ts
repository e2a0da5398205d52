// Which file system a path lies on, and how much is free there. Creates nothing.

import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileSystem {
  /** What two paths on the same file system have in common. */
  readonly device: string;
  /** The nearest existing folder of the path that was asked for. */
  readonly path: string;
  readonly freeBytes: number;
}

export async function fileSystemOf(path: string): Promise<FileSystem> {
  let folder = path;
  for (;;) {
    const found = await stat(folder).catch(() => undefined);
    if (found !== undefined || dirname(folder) === folder) {
      const { bavail, bsize } = await statfs(folder);
      return { device: String(found?.dev ?? ''), path: folder, freeBytes: bavail * bsize };
    }
    folder = dirname(folder);
  }
}
