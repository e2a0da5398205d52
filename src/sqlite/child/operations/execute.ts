// All statements of a step in one transaction. Order: begin, look for others' writes, open the changeset session,
// run, check bounds, announce, and only then COMMIT. Whatever fails before it rolls everything back.

import type { SQLInputValue } from 'node:sqlite';
import { formatCount } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { Effect } from '../../../journal/event.ts';
import type { SqlStatement } from '../../../target/schema.ts';
import { leadingWords } from '../../statements.ts';
import type { Connection } from '../connection.ts';
import { newObserved, type Observed } from '../guard.ts';
import { bindings, onlyStatement, prepareGuarded, runGuarded, statementsOf } from '../prepare.ts';
import { inTransaction } from '../transaction.ts';
import { planChangeset } from '../undo-scope.ts';
import type { Work } from '../work.ts';

interface Piece {
  readonly sql: string;
  readonly bound: SQLInputValue[];
  /** Position in the caller's list. */
  readonly of: number;
}

const writingVerbs = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'WITH']);

export async function execute(
  work: Work,
  args: { readonly statements: readonly SqlStatement[]; readonly effect: Effect },
): Promise<{ changes: readonly number[] }> {
  const { connection } = work;
  const pieces = args.statements.flatMap((statement, i) => piecesOf(connection, statement, i));
  const expected = observeAll(connection, pieces);
  const { result } = await inTransaction(
    work,
    args.effect,
    () => planChangeset(connection.db, expected, pieces),
    () => {
      const changes = args.statements.map(() => 0);
      const seen = newObserved();
      for (const piece of pieces) {
        changes[piece.of] = (changes[piece.of] ?? 0) + runPiece(connection, piece, seen);
        assertMax(args.statements[piece.of], changes[piece.of] ?? 0);
      }
      for (const [i, statement] of args.statements.entries()) assertMin(statement, changes[i] ?? 0);
      dropTemporary(connection);
      return {
        result: { changes },
        rows: changes.reduce((sum, count) => sum + count, 0),
        hasOtherChange: seen.isSchemaChange || seen.isHeaderChange,
      };
    },
  );
  return result;
}

/** Whether the transaction would keep a record of its rows. Reads only: estimates, as the transaction itself does first. */
export function forecast(
  { connection }: Work,
  args: { readonly statements: readonly SqlStatement[] },
): { readonly noRows?: string } {
  const pieces = args.statements.flatMap((statement, i) => piecesOf(connection, statement, i));
  const { reason } = planChangeset(connection.db, observeAll(connection, pieces), pieces);
  return reason === undefined ? {} : { noRows: reason };
}

function piecesOf(connection: Connection, statement: SqlStatement, of: number): Piece[] {
  if (statement.params !== undefined) {
    const sql = onlyStatement(connection.db, statement, 'a statement with `params`');
    return [{ sql, bound: bindings(sql, statement.params) as SQLInputValue[], of }];
  }
  return statementsOf(connection.db, statement).map((sql) => ({
    sql,
    bound: bindings(sql, undefined) as SQLInputValue[],
    of,
  }));
}

/** What all pieces together will do. After a schema change the next pieces may not compile yet; then they are not asked. */
function observeAll(connection: Connection, pieces: readonly Piece[]): Observed {
  const observed = newObserved();
  for (const { sql } of pieces) {
    if (observed.isSchemaChange || observed.isTemporaryChange) break;
    prepareGuarded(connection, sql, 'write', observed);
  }
  return observed;
}

function runPiece(connection: Connection, { sql, bound }: Piece, seen: Observed): number {
  const statement = prepareGuarded(connection, sql, 'write', seen);
  const { changes } = runGuarded(connection, sql, 'write', seen, () => statement.run(...bound));
  // DDL leaves the count of the statement before it.
  return writingVerbs.has(leadingWords(sql)[0] ?? '') ? Number(changes) : 0;
}

function assertMax(statement: SqlStatement | undefined, changed: number): void {
  const max = statement?.changes?.max;
  if (max !== undefined && changed > max)
    throw outOfBounds(changed, `at most ${max.toLocaleString('en-US')}`);
}

function assertMin(statement: SqlStatement, changed: number): void {
  const min = statement.changes?.min;
  if (min !== undefined && changed < min)
    throw outOfBounds(changed, `at least ${min.toLocaleString('en-US')}`);
}

function outOfBounds(changed: number, allowed: string): Failure {
  return new Failure(
    'sqlite/changes-out-of-bounds',
    `the statement changed ${formatCount(changed, 'row')}, allowed are ${allowed}`,
    {
      state: 'nothing of this transaction was committed',
      fix: 'look at what the WHERE selects, or correct `changes`',
      details: { changed },
    },
  );
}

/** Temporary tables live until the end of their step: left over, they would hide real tables from the next. */
export function dropTemporary({ db }: Connection): void {
  const names = db
    .prepare(
      "SELECT name FROM temp.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'belay\\_%' ESCAPE '\\'",
    )
    .all();
  for (const { name } of names) db.exec(`DROP TABLE temp."${String(name).replaceAll('"', '""')}"`);
}
