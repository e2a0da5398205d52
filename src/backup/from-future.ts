// A backup that the clock says is still to be taken. When it was taken, and how old it is, nobody can tell.

import type { BackupEntry } from './manifest.ts';

export function isFromFuture({ createdAt }: Pick<BackupEntry, 'createdAt'>, now: Date): boolean {
  return Date.parse(createdAt) > now.getTime();
}
