// The one way in which rows of a target are committed: announce, wait for the permit, COMMIT.

import type { Session } from 'node:sqlite';
import { Failure } from '../../diagnostic/index.ts';
import type { Effect } from '../../journal/event.ts';
import type { CommitAnnouncement } from '../../target/session.ts';
import { markNow } from './attribution.ts';
import { countRows } from './changeset/equal-keys.ts';
import { hasAmbiguousKey } from './changeset/has-ambiguous-key.ts';
import { assertSameFile, type Connection, readDataVersion, scalar } from './connection.ts';
import { asFailure, isSqliteError } from './errors.ts';
import { columnsOf } from './undo/columns-of.ts';
import { readSequences } from './undo/sequences.ts';
import { assertKeysNotNull, type ChangesetPlan, maxChangesetBytes, tooLarge } from './undo-scope.ts';
import type { Work } from './work.ts';

export interface Done<T> {
  readonly result: T;
  readonly rows: number;
  /** Changed something that counts no rows: schema or header. */
  readonly hasOtherChange: boolean;
  /** Only temporary tables were written, so there is nothing to commit. */
  readonly isUnchanged?: boolean;
}

/**
 * Runs `body` in BEGIN IMMEDIATE … COMMIT; anything thrown rolls back.
 *
 * Invariant: COMMIT only after `permit` said yes. Without a change there is neither announcement nor COMMIT.
 * Crash: before COMMIT SQLite rolls back; after it the announcement is durable and its rows decide.
 */
export async function inTransaction<T>(
  work: Work,
  effect: Effect,
  plan: () => ChangesetPlan,
  body: () => Done<T>,
): Promise<{ result: T; lockedMs: number }> {
  const { connection } = work;
  const { db } = connection;
  assertSameFile(connection);
  db.exec('BEGIN IMMEDIATE');
  const lockedAt = performance.now();
  let session: Session | undefined;
  try {
    const foreignWrites = foreignWritesNow(connection);
    const before = Number(scalar(db, 'SELECT total_changes()'));
    const planned = plan();
    const rowsBefore = countRows(db, planned.counted ?? []);
    const sequencesBefore = readSequences(db, planned.tables);
    let withoutChangeset = planned.reason ?? assertKeysNotNull(db, planned.tables);
    // Order: before any statement of the body is prepared; a session does not see older statements.
    if (withoutChangeset === undefined) session = db.createSession();
    const { result, rows, hasOtherChange, isUnchanged = false } = body();
    const changed = !isUnchanged && Number(scalar(db, 'SELECT total_changes()')) !== before;
    if (!changed && !hasOtherChange) {
      db.exec('ROLLBACK');
      return { result, lockedMs: performance.now() - lockedAt };
    }
    withoutChangeset ??= assertKeysNotNull(db, planned.tables);
    let changeset = withoutChangeset === undefined ? session?.changeset() : undefined;
    if (changeset && hasAmbiguousKey(changeset, growthOf(db, rowsBefore))) {
      changeset = undefined;
      withoutChangeset = 'it changes a primary key to one that SQLite takes for equal';
    }
    // The estimate was of whole tables or of mean rows; what goes through the journal is this.
    if (changeset && changeset.byteLength > maxChangesetBytes) {
      withoutChangeset = tooLarge(changeset.byteLength);
      changeset = undefined;
    }
    session?.close();
    session = undefined;
    const sequences = { before: sequencesBefore, after: readSequences(db, planned.tables) };
    const announcement: CommitAnnouncement = {
      target: connection.target,
      effect,
      rows,
      foreignWrites,
      ...(changeset
        ? { changeset, columns: columnsOf(db, planned.tables) }
        : { withoutChangeset: withoutChangeset ?? 'no session' }),
      ...(Object.keys({ ...sequences.before, ...sequences.after }).length > 0 ? { sequences } : {}),
    };
    await commit(work, announcement);
    return { result, lockedMs: performance.now() - lockedAt };
  } catch (error) {
    session?.close();
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function growthOf(
  db: Work['connection']['db'],
  before: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const after = countRows(db, [...before.keys()]);
  return new Map([...after].map(([table, rows]) => [table, rows - (before.get(table) ?? 0)]));
}

/**
 * Order: announced, permitted, committed, reported. The caller rolls back when it throws.
 *
 * A COMMIT that the disk fails may be in the file all the same: only what SQLite refused before it wrote is withdrawn.
 */
export async function commit(work: Work, announcement: CommitAnnouncement): Promise<void> {
  const { connection } = work;
  if (!(await work.permit(announcement)))
    throw new Failure('target/stopped', 'the engine did not permit the commit', {
      state: 'nothing of this transaction was committed',
    });
  try {
    assertSameFile(connection);
    // Order: read inside the transaction. Read after it, a commit of others in between would pass for ours.
    const version = readDataVersion(connection.db);
    connection.db.exec('COMMIT');
    connection.dataVersion = version;
  } catch (error) {
    if (isSqliteError(error) && !refusals.has((error.errcode ?? 0) & 0xff)) throw inDoubt(error, connection);
    work.withdrawn();
    throw error;
  }
  work.committed(await markNow(work));
}

/** Locked, or a constraint that is looked at last: nothing was written, and the transaction is still open. */
const refusals: ReadonlySet<number> = new Set([5, 6, 19]);

function inDoubt(error: Error, connection: Connection): Failure {
  const { code, message, details } = asFailure(error, connection);
  return new Failure(code, message, {
    state: 'whether this transaction was committed is not known: the database itself has to be asked',
    fix: 'look at the disk (`dmesg`, `df`) before anything else',
    cause: error,
    ...(details === undefined ? {} : { details }),
  });
}

/** `data_version` moves when another connection commits, never by our own commits. Asked inside the write lock. */
export function foreignWritesNow(connection: Connection): CommitAnnouncement['foreignWrites'] {
  const now = readDataVersion(connection.db);
  if (connection.dataVersion === undefined) return connection.writesBefore;
  return now === connection.dataVersion ? 'none' : 'proven';
}
