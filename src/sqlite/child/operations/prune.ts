// Deletes a set of rows that was fixed when it was counted, chunk by chunk, each chunk one announced transaction.
// The keys lie in a temporary table of this connection, which SQLite keeps in the scratch folder.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import type { PruneSelection, TableSchema } from '../../../target/target.ts';
import { quoteName, splitStatements, tokenize } from '../../statements.ts';
import type { Connection } from '../connection.ts';
import { newObserved } from '../guard.ts';
import { checkTable } from '../names.ts';
import { bindings, prepareGuarded, runGuarded } from '../prepare.ts';
import { inTransaction } from '../transaction.ts';
import { planChangeset } from '../undo-scope.ts';
import { assertChildrenIndexed } from '../unindexed-children.ts';
import type { Work } from '../work.ts';
import { describeTable } from './schema.ts';

interface Selection {
  readonly deleteSql: string;
  readonly params: PruneSelection['params'];
  readonly planned: number;
  /** Keys up to this number are done. */
  cursor: number;
}

const selections = new WeakMap<Connection, Selection>();

export function pruneSelect(
  { connection }: Work,
  args: PruneSelection,
): { planned: number; tableRows: number } {
  const { db } = connection;
  const table = tableOf(db, args.table);
  const keys = keysOf(table);
  const from = `main.${quoteName(table.name)}`;
  const where = predicate(args.where);
  // Compiled alone first: a predicate may only read.
  const select = `SELECT ${keys.join(', ')} FROM ${from} WHERE ${where}`;
  prepareGuarded(connection, select, 'read', newObserved());
  assertChildrenIndexed(db, table);
  const places = keys.map((_, i) => `k${i}`);
  db.exec('DROP TABLE IF EXISTS temp.belay_prune');
  db.exec(`CREATE TABLE temp.belay_prune (n INTEGER PRIMARY KEY, ${places.join(', ')})`);
  const insert = `INSERT INTO temp.belay_prune (${places.join(', ')}) ${select}`;
  const planned = runGuarded(connection, insert, 'write', newObserved(), () =>
    Number(db.prepare(insert).run(...(bindings(select, args.params) as SQLInputValue[])).changes),
  );
  const tableRows = Number(db.prepare(`SELECT count(*) AS rows FROM ${from}`).get()?.rows);
  const chosen = `SELECT ${places.join(', ')} FROM temp.belay_prune WHERE n > :belay_from AND n <= :belay_to`;
  selections.set(connection, {
    // The predicate once more: a row that is no longer eligible stays, also when its key was given to another row.
    deleteSql: `DELETE FROM ${from} WHERE (${keys.join(', ')}) IN (${chosen}) AND ${where}`,
    params: args.params,
    planned,
    cursor: 0,
  });
  return { planned, tableRows };
}

export async function pruneChunk(
  work: Work,
  args: { readonly limit: number },
): Promise<{ deleted: number; remaining: number; lockedMs: number }> {
  const { connection } = work;
  const selection = selections.get(connection);
  if (!selection)
    throw new Failure('target/stopped', 'the selection of rows was lost with its process', {
      state: 'chunks that were committed stay deleted, the rest is untouched',
      fix: 'select again',
    });
  const to = Math.min(selection.planned, selection.cursor + args.limit);
  const sql = selection.deleteSql;
  const params = { ...named(selection.params), belay_from: selection.cursor, belay_to: to };
  const bound = bindings(sql, params) as SQLInputValue[];
  const observed = newObserved();
  prepareGuarded(connection, sql, 'write', observed);
  const { result, lockedMs } = await inTransaction(
    work,
    'destroy',
    () => planChangeset(connection.db, observed, [{ sql, bound }]),
    () => {
      const deleted = runGuarded(connection, sql, 'write', newObserved(), () =>
        Number(connection.db.prepare(sql).run(...bound).changes),
      );
      return { result: deleted, rows: deleted, hasOtherChange: false };
    },
  );
  selection.cursor = to;
  work.progress({ done: to, total: selection.planned, unit: 'rows' });
  return { deleted: result, remaining: selection.planned - to, lockedMs };
}

function tableOf(db: DatabaseSync, name: string): TableSchema {
  const table = describeTable(db, checkTable(db, name));
  if (table?.kind === 'table') return table;
  throw new Failure(
    'sqlite/no-such-table',
    `\`${name}\` is a ${table?.kind ?? 'system'} table, rows can be pruned from ordinary tables`,
    {
      state: 'nothing was run',
    },
  );
}

/** The rowid under a name that no column hides, or the primary key of a table that has none. */
function keysOf(table: TableSchema): string[] {
  if (table.isWithoutRowid)
    return table.columns
      .filter((column) => column.primaryKey > 0)
      .sort((a, b) => a.primaryKey - b.primaryKey)
      .map((column) => quoteName(column.name));
  const columns = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const rowid = ['rowid', '_rowid_', 'oid'].find((name) => !columns.has(name));
  const alias = table.columns.find(
    (column) => column.primaryKey === 1 && column.type.toUpperCase() === 'INTEGER',
  );
  const key = rowid ?? (alias && quoteName(alias.name));
  if (key) return [key];
  throw new Failure(
    'sqlite/syntax',
    `the rowid of \`${table.name}\` is hidden by three columns of its names`,
  );
}

/** In brackets of its own; a text that closes them is not one predicate. */
function predicate(where: string): string {
  let depth = 0;
  for (const { start, end } of tokenize(where)) {
    const text = where.slice(start, end);
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (depth < 0) break;
  }
  if (depth !== 0 || splitStatements(where).length !== 1 || where.includes('\0') || /;\s*$/.test(where))
    throw new Failure('sqlite/syntax', `\`where\` is not one predicate: ${where.trim().slice(0, 80)}`, {
      state: 'nothing was run',
    });
  return `(${where}\n)`;
}

function named(params: PruneSelection['params']): Readonly<Record<string, unknown>> {
  if (!Array.isArray(params)) return (params ?? {}) as Readonly<Record<string, unknown>>;
  throw new Failure('sqlite/bad-parameters', 'a predicate takes its values by name', {
    state: 'nothing was run',
  });
}
