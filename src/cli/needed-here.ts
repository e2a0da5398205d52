// Backups that the runs of this state folder still need: what a plan of retention has to leave. Reads only.

import type { Context } from './context.ts';

/** Ids, with whom. */
export async function neededHere(context: Context): Promise<ReadonlyMap<string, string>> {
  const { neededBackups } = await import('../journal/index.ts');
  using journal = await context.journalForReading();
  return neededBackups(journal);
}
