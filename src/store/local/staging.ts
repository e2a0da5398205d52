// Folders in which an entry is built or taken apart, out of sight of listings. Their names say whose they are, so that
// the next one to come can tell a leftover from work in progress.

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isOutOfSight, isSameProcess, thisProcess } from '../../process/index.ts';

const staging = '.staging-';
const removed = '.removed-';
/** Another host's process cannot be looked up; what it left is taken away after this long. */
const foreignLeftoverMs = 7 * 24 * 3_600_000;

/** True for an entry's or a group's name; anything with a dot in front is ours to build in, or not ours at all. */
export function isListed(name: string): boolean {
  return !name.startsWith('.');
}

export function stagingName(id: string): string {
  const self = thisProcess();
  return `${staging}${[id, String(self.pid), self.processStart, self.host].map(encodeURIComponent).join('~')}`;
}

export function removedName(id: string): string {
  return `${removed}${id}`;
}

/** Takes away what dead processes left in a group. Never touches a folder whose owner may be alive, nor any entry. */
export async function removeLeftovers(groupFolder: string, now: number): Promise<void> {
  for (const name of await readdir(groupFolder)) {
    const path = join(groupFolder, name);
    const isLeftover =
      name.startsWith(removed) || (name.startsWith(staging) && (await isOwnerGone(path, name, now)));
    // A leftover that cannot be removed costs room, no safety: it is never listed.
    if (isLeftover) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isOwnerGone(path: string, name: string, now: number): Promise<boolean> {
  const [, pid, start, host] = name.slice(staging.length).split('~').map(decodeURIComponent);
  if (pid && start && host === thisProcess().host && !isOutOfSight(start))
    return !isSameProcess(Number(pid), start);
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && now - found.mtimeMs > foreignLeftoverMs;
}
