// The name under which a store keeps a target's backups.

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { TargetSpec } from '../target/index.ts';

export type NamedTarget = Pick<TargetSpec, 'path' | 'catalogueName'>;

/** The catalogue's name, else the file's base name and 8 hex of sha256 over the real path. */
export function groupName(target: NamedTarget, realPath: string): string {
  return target.catalogueName ?? pathGroup(realPath);
}

/** All groups that may hold backups of the target: it may have got its catalogue name after its first backup. */
export async function targetGroups(target: NamedTarget): Promise<string[]> {
  const byPath = pathGroup(await realPathOf(target.path));
  return target.catalogueName === undefined ? [byPath] : [target.catalogueName, byPath];
}

/** Also for a file that is not there, as long as its folder is. */
export async function realPathOf(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    return realpath(dirname(absolute)).then(
      (folder) => join(folder, basename(absolute)),
      () => absolute,
    );
  }
}

function pathGroup(realPath: string): string {
  const digest = createHash('sha256').update(realPath).digest('hex').slice(0, 8);
  // A leading dot would hide the group from listings.
  return `${basename(realPath).replace(/^\.+/, '') || 'database'}-${digest}`;
}
