// The restore of BACKUP's making, behind the same permit as every other commit.

import { Failure } from '../../../diagnostic/index.ts';
import { markNow } from '../attribution.ts';
import { assertSameFile, readDataVersion } from '../connection.ts';
import { openForRestore, takeExclusive } from '../exclusive.ts';
import { watchWindow } from '../restore-window.ts';
import { foreignWritesNow } from '../transaction.ts';
import type { Work } from '../work.ts';
import { restore } from './restore.ts';

/** Invariant: the announcement is durable before the first page is written. */
export async function restoreAnnounced(
  work: Work,
  args: { readonly path: string; readonly letsOthersIn: boolean; readonly losesWrites: boolean },
): Promise<{ pages: number; isRewritten: boolean }> {
  const { connection } = work;
  assertSameFile(connection);
  const isPermitted = await work.permit({
    target: connection.target,
    effect: 'destroy',
    rows: 0,
    withoutChangeset: 'the whole database is replaced',
    foreignWrites: foreignWritesNow(connection),
  });
  if (!isPermitted)
    throw new Failure('target/stopped', 'the engine did not permit the restore', {
      state: 'nothing was restored',
    });
  const wasExclusive = connection.isExclusive;
  const opened = wasExclusive ? await openForRestore(connection, work.readMark) : undefined;
  const window = wasExclusive || args.losesWrites ? undefined : watchWindow(work);
  await window?.assertUnwritten();
  let done: Awaited<ReturnType<typeof restore>>;
  // It brings the journal mode back, which may make another -wal.
  connection.log = undefined;
  try {
    done = await restore(connection.db, {
      livePath: connection.path,
      from: args.path,
      busyTimeoutMs: connection.busyTimeoutMs,
      onProgress: work.progress,
      ...(opened === undefined ? {} : { onWritten: opened.check }),
      ...(window === undefined ? {} : { assertUnwritten: window.assertUnwritten, onWritten: window.check }),
    });
  } catch (error) {
    opened?.close();
    if (wasExclusive) retake(connection);
    // Everything else may have failed in SQLite's own commit, or after it.
    if (error instanceof Failure && error.code === 'backup/restore-busy') work.withdrawn();
    throw error;
  }
  // The restore wrote through a second connection of its own, which data_version counts as another's.
  connection.dataVersion = readDataVersion(connection.db);
  connection.copiedVersion = undefined;
  work.committed(await markNow(work));
  if (wasExclusive && !args.letsOthersIn) takeExclusive(connection);
  return done;
}

/** The reason of the failure stays the one that is told; a step that failed is not gone on with. */
function retake(connection: Work['connection']): void {
  try {
    takeExclusive(connection);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}
