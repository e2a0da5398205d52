// Taking recorded transactions back by rows, in two steps: prepared in an open transaction, so that several targets can
// be prepared before any is committed; then committed behind the same permit as every other transaction, or cancelled.

import type { Session } from 'node:sqlite';
import { formatSize } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { CommitAnnouncement } from '../../../target/session.ts';
import type { RecordedColumns, SequenceValues, UndoPrepared, UndoRequest } from '../../../target/undo.ts';
import { assertSameFile, type Connection, forgetPages, scalar } from '../connection.ts';
import { commit, foreignWritesNow } from '../transaction.ts';
import { applyUndo } from '../undo/apply-undo.ts';
import { type ChangesetReport, changesetState as stateOf } from '../undo/changeset-state.ts';
import { columnsOf } from '../undo/columns-of.ts';
import type { UndoPlan } from '../undo/plan-undo.ts';
import { readSequences } from '../undo/sequences.ts';
import { assertRows } from '../undo/write-rows.ts';
import { maxChangesetBytes } from '../undo-scope.ts';
import type { Work } from '../work.ts';

interface Prepared {
  readonly plan: UndoPlan;
  readonly announcement: CommitAnnouncement;
  readonly hasChanged: boolean;
}

const prepared = new WeakMap<Connection, Prepared>();

export function changesetState(
  { connection: { db }, progress }: Work,
  args: { readonly changeset: Uint8Array; readonly columns?: RecordedColumns | undefined },
): ChangesetReport {
  const isInside = db.isTransaction;
  if (!isInside) db.exec('BEGIN');
  try {
    return stateOf(db, args.changeset, args.columns, (done) => progress({ done, unit: 'rows' }));
  } finally {
    if (!isInside) db.exec('ROLLBACK');
  }
}

/**
 * Invariant: prepared, the transaction stays open with everything proven and nothing committed; on conflicts and on
 * any failure it is rolled back. Crash: SQLite rolls back.
 */
export function undoPrepare(work: Work, request: UndoRequest): UndoPrepared {
  const { connection } = work;
  const { db } = connection;
  cancel(connection);
  assertSameFile(connection);
  // Order: inside a transaction SQLite ignores this setting in silence.
  setForeignKeys(connection, 0);
  let session: Session | undefined;
  try {
    db.exec('BEGIN IMMEDIATE');
    const foreignWrites = foreignWritesNow(connection);
    // Order: before any statement that writes is prepared.
    session = db.createSession();
    const names = sequenceNames(db);
    const before = readSequences(db, names);
    const { plan, touched, hasChanged, ...result } = applyUndo(db, request, (done) =>
      work.progress({ done, unit: 'rows' }),
    );
    if (result.state === 'conflicts') {
      session.close();
      cancel(connection);
      return result;
    }
    const changeset = session.changeset();
    session.close();
    prepared.set(connection, {
      plan,
      hasChanged,
      announcement: {
        target: connection.target,
        effect: 'change',
        rows: result.rows,
        foreignWrites,
        ...recordOf(changeset),
        columns: columnsOf(db, touched),
        ...sequencesOf(before, readSequences(db, names)),
      },
    });
    return result;
  } catch (error) {
    session?.close();
    cancel(connection);
    throw error;
  }
}

/** With nothing to put back there is neither announcement nor COMMIT. */
export async function undoCommit(work: Work): Promise<{ rows: number }> {
  const { connection } = work;
  const ready = prepared.get(connection);
  if (!ready)
    throw new Failure('target/stopped', 'the prepared undo was lost with its process', {
      state: 'nothing of it was committed',
      fix: 'prepare it again',
    });
  try {
    if (ready.hasChanged) {
      await commit(work, ready.announcement);
      assertStillThere(connection, ready.plan);
    }
    return { rows: ready.announcement.rows };
  } finally {
    cancel(connection);
  }
}

/** Read once more from the committed file, unless another connection has committed since and may have changed it. */
function assertStillThere(connection: Connection, plan: UndoPlan): void {
  const { db } = connection;
  forgetPages(db);
  db.exec('BEGIN');
  try {
    if (foreignWritesNow(connection) === 'none') assertRows(plan.rows, 'the undo is committed');
  } finally {
    db.exec('ROLLBACK');
  }
}

/** Idempotent. */
export function undoCancel({ connection }: Work): Record<never, never> {
  cancel(connection);
  return {};
}

/** Leaves no transaction, and the connection's settings as they were when it was opened. */
function cancel(connection: Connection): void {
  prepared.delete(connection);
  if (connection.db.isTransaction) connection.db.exec('ROLLBACK');
  setForeignKeys(connection, 1);
}

function setForeignKeys({ db }: Connection, value: 0 | 1): void {
  db.exec(`PRAGMA foreign_keys = ${value}`);
  if (scalar(db, 'PRAGMA foreign_keys') === value) return;
  throw new Failure('target/setting-refused', 'SQLite did not take the setting foreign_keys', {
    state: 'nothing was changed',
  });
}

function recordOf(changeset: Uint8Array): Pick<CommitAnnouncement, 'changeset' | 'withoutChangeset'> {
  if (changeset.byteLength <= maxChangesetBytes) return { changeset };
  return { withoutChangeset: `its rows are ${formatSize(changeset.byteLength)}` };
}

function sequencesOf(before: SequenceValues, after: SequenceValues): Pick<CommitAnnouncement, 'sequences'> {
  return JSON.stringify(before) === JSON.stringify(after) ? {} : { sequences: { before, after } };
}

function sequenceNames(db: Connection['db']): string[] {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get()) return [];
  return db
    .prepare('SELECT name FROM sqlite_sequence')
    .all()
    .map(({ name }) => String(name));
}
