// The name under which a store keeps a target's backups.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { realPathOf, type TargetSpec } from '../target/index.ts';

export type NamedTarget = Pick<TargetSpec, 'path' | 'catalogueName'>;

/** The catalogue's name, else the file's base name and 8 hex of sha256 over the real path. */
export function groupName(target: NamedTarget, realPath: string): string {
  return target.catalogueName ?? pathGroup(realPath);
}

/** All groups that may hold backups of the target: it may have got its catalogue name after its first backup. */
export async function targetGroups(target: NamedTarget): Promise<string[]> {
  const byPath = pathGroup(realPathOf(target.path));
  return target.catalogueName === undefined ? [byPath] : [target.catalogueName, byPath];
}

function pathGroup(realPath: string): string {
  const digest = createHash('sha256').update(realPath).digest('hex').slice(0, 8);
  // A leading dot would hide the group from listings.
  return `${basename(realPath).replace(/^\.+/, '') || 'database'}-${digest}`;
}
