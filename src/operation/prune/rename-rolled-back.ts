// An archive whose deletes were taken back says so in its name, so that nobody takes it for the only copy of its rows.

import { closeSync, existsSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Renames the folder of an archive to `….rolled-back`; gives the new path, or undefined when there is no folder of that
 * name (nothing was archived, or it is renamed already). Durable. Idempotent.
 */
export function renameRolledBackArchive(folder: string): string | undefined {
  const from = folder.replace(/[\\/]+$/, '');
  if (!existsSync(from)) return undefined;
  let to = `${from}.rolled-back`;
  for (let n = 2; existsSync(to); n++) to = `${from}.rolled-back-${n}`;
  renameSync(from, to);
  const parent = openSync(dirname(to), 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
  return to;
}
