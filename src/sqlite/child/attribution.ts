// Who wrote while no connection of ours was there to see it: told by the commit mark, which the engine reads.

import { compareMarks } from '../commit-mark.ts';
import type { OpenArgs } from '../protocol.ts';
import { type Connection, readDataVersion } from './connection.ts';
import type { Work } from './work.ts';

/** The mark of the state that this connection knows; undefined when another connection has committed since. */
export async function markNow({
  connection,
  readMark,
}: Pick<Work, 'connection' | 'readMark'>): Promise<string | undefined> {
  const mark = await readMark();
  // Order: after the reading. No commit of others until now means none in what was read.
  return readDataVersion(connection.db) === connection.dataVersion ? mark : undefined;
}

/** A child that follows a lost one: equal marks mean that nobody has committed in between. */
export async function attribute(
  connection: Connection,
  { lastMark, isInDoubt = false }: OpenArgs,
  readMark: Work['readMark'],
): Promise<void> {
  if (connection.dataVersion !== undefined || lastMark === undefined) return;
  // Order: before the reading, so that a commit after it is seen.
  const version = readDataVersion(connection.db);
  const mark = await readMark();
  if (mark === undefined) return;
  const writes = compareMarks(lastMark, mark);
  if (writes === 'none') connection.dataVersion = version;
  else if (writes === 'proven' && !isInDoubt) connection.writesBefore = 'proven';
}
