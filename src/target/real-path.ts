// The real path of a target, the key of its lease and its backups; also of one that is not there, as long as its folder is.

import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** SQLite's own limit on the length of a chain of symbolic links is of this order. */
const maxLinks = 40;

/** Follows symbolic links, a dangling one to where the file would be. Without its folder: the path itself. */
export function realPathOf(path: string): string {
  let at = resolve(path);
  for (let links = 0; links <= maxLinks; links++) {
    const folder = tryRead(() => realpathSync(dirname(at)));
    if (folder === undefined) return at;
    at = join(folder, basename(at));
    const link = tryRead(() => readlinkSync(at));
    if (link === undefined) return at;
    at = resolve(folder, link);
  }
  return at;
}

function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
