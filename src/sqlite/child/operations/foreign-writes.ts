// Whether another connection has committed since a point in time. `data_version` moves with every commit of another
// connection, and never with our own.

import type { CommitAnnouncement } from '../../../target/session.ts';
import { assertSameFile, type Connection, readDataVersion } from '../connection.ts';

/**
 * Another one than before: another connection has committed in between. Undefined where that cannot be seen; of another
 * connection of ours it says nothing, which its own part shows.
 */
export function dataVersion(connection: Connection): string | undefined {
  if (connection.mode === 'immutable') return undefined;
  return `${process.pid} ${readDataVersion(connection.db)}`;
}

/** Since our last transaction. Fails when what lies at the path is not what is open. `unknown`: an earlier child was lost, and nothing has been marked since. */
export function foreignWrites(connection: Connection): CommitAnnouncement['foreignWrites'] {
  assertSameFile(connection);
  if (connection.dataVersion === undefined) return connection.writesBefore;
  return readDataVersion(connection.db) === connection.dataVersion ? 'none' : 'proven';
}
