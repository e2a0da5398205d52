// A backup as expressions see it.

import type { BackupEntry } from '../../backup/manifest.ts';
import { Timestamp } from '../../base/index.ts';

export interface BackupValue {
  id: string;
  target: string;
  createdAt: Timestamp;
  path: string;
  label: string | null;
}

export function backupValue(entry: BackupEntry): BackupValue {
  return {
    id: entry.id,
    target: entry.target,
    createdAt: new Timestamp(Date.parse(entry.createdAt)),
    path: entry.path,
    label: entry.label,
  };
}
