// The backup that a run recorded, found where it was put, wherever the stores of today are.

import { basename, dirname } from 'node:path';
import { type FoundBackup, locateBackup } from '../backup/index.ts';
import type { TargetHistory } from '../journal/index.ts';
import { openLocalStore } from '../store/index.ts';

/** Its folder is `<store>/<group>/<id>`. Fails with `backup/not-found`. */
export function recordedBackup({ path }: NonNullable<TargetHistory['backup']>): Promise<FoundBackup> {
  return locateBackup([openLocalStore('recorded', dirname(dirname(path)))], basename(path));
}
