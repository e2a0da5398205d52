// Makes an empty database: for scratch targets, which no other process knows of.

import { openOwnDatabase } from '../../sqlite/index.ts';
import type { TargetSpec } from '../target.ts';

export function createEmpty(spec: TargetSpec): void {
  const database = openOwnDatabase(spec.path, { journalMode: 'delete' });
  try {
    // Writes the first page: a file of 0 bytes is no database.
    database.exec('VACUUM');
  } finally {
    database.close();
  }
}
