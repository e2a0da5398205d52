// One read-only statement, its rows within limits. Values cross as SQLite has them: no rounding, NUL kept.

import type { SQLInputValue } from 'node:sqlite';
import { formatSize } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { QueryResult, SqlStatement, SqlValue } from '../../../target/schema.ts';
import { newObserved } from '../guard.ts';
import { bindings, onlyStatement, prepareGuarded, runGuarded } from '../prepare.ts';
import type { Work } from '../work.ts';

export function query(
  { connection }: Work,
  args: { readonly statement: SqlStatement; readonly maxRows: number; readonly maxBytes: number },
): QueryResult {
  const sql = onlyStatement(connection.db, args.statement, 'the query');
  const observed = newObserved();
  const statement = prepareGuarded(connection, sql, 'read', observed);
  const columns = uniqueColumns(statement.columns().map((column) => column.name));
  statement.setReturnArrays(true);
  const bound = bindings(sql, args.statement.params) as SQLInputValue[];
  return runGuarded(connection, sql, 'read', observed, () => {
    const rows: Record<string, SqlValue>[] = [];
    let bytes = 0;
    for (const values of statement.iterate(...bound) as Iterable<unknown> as Iterable<SqlValue[]>) {
      if (rows.length === args.maxRows) throw tooMany(`the query returns more than ${args.maxRows} rows`);
      for (const value of values) bytes += sizeOf(value);
      if (bytes > args.maxBytes)
        throw tooMany(`the rows of the query are larger than ${formatSize(args.maxBytes)}`);
      rows.push(Object.fromEntries(columns.map((name, i) => [name, values[i] ?? null])));
    }
    return { columns, rows };
  });
}

/** `SELECT a.id, b.id` has two columns `id`; the second becomes `id:1`, as in the shell of SQLite. */
function uniqueColumns(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let i = 1; seen.has(unique); i++) unique = `${name}:${i}`;
    seen.add(unique);
    return unique;
  });
}

function sizeOf(value: SqlValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.byteLength : 8;
}

function tooMany(message: string): Failure {
  return new Failure('sqlite/too-many-rows', message, {
    state: 'nothing was changed',
    fix: 'narrow the WHERE, aggregate, or add a LIMIT',
  });
}
