// Deletes the rows of the sets of a chunk, children first, and proves that they are gone.

import { formatCount } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import { quoteName } from '../../statements.ts';
import type { Connection } from '../connection.ts';
import { newObserved, type Observed } from '../guard.ts';
import { prepareGuarded, runGuarded } from '../prepare.ts';
import { rowsFrom, setOf } from './closure.ts';
import type { DeleteGroup } from './delete-order.ts';
import type { Edge, Graph } from './edges.ts';

/** What deleting will write, also through triggers and the actions of foreign keys. */
export function observeDeletes(
  connection: Connection,
  graph: Graph,
  groups: readonly DeleteGroup[],
): Observed {
  const observed = newObserved();
  for (const { tables } of groups)
    for (const table of tables) prepareGuarded(connection, deleteSql(graph, table), 'write', observed);
  return observed;
}

export function deleteChunk(
  connection: Connection,
  graph: Graph,
  groups: readonly DeleteGroup[],
  counts: readonly number[],
): void {
  const { db } = connection;
  const run = (sql: string): number =>
    runGuarded(connection, sql, 'write', newObserved(), () => Number(db.prepare(sql).run().changes));
  for (const { tables, isCyclic, isRestricted } of groups) {
    // Tables that refer to each other are whole only when all have gone; SQLite then looks at COMMIT.
    if (isCyclic && tables.length > 1) db.exec('PRAGMA defer_foreign_keys = ON');
    if (isRestricted) while (tables.some((table) => run(leavesSql(graph, table, tables)) > 0));
    for (const table of tables) if ((counts[table] ?? 0) > 0) run(deleteSql(graph, table));
  }
  for (const { tables } of groups) for (const table of tables) assertGone(connection, graph, table);
}

function deleteSql(graph: Graph, table: number): string {
  const { schema, keys } = tableAt(graph, table);
  const places = keys.map((_, k) => `k${k}`).join(', ');
  return `DELETE FROM main.${quoteName(schema.name)} WHERE (${keys.join(', ')}) IN (SELECT ${places} FROM ${setOf('chunk', table)})`;
}

/** Rows of the chunk to which no row of its own group refers any more. */
function leavesSql(graph: Graph, table: number, group: readonly number[]): string {
  const name = quoteName(tableAt(graph, table).schema.name);
  const inner = graph.edges.filter(
    (edge) => edge.kind === 'delete' && edge.parent === table && group.includes(edge.child),
  );
  const free = inner.map((edge) => `AND NOT EXISTS (${childOf(graph, edge, name)})`);
  return [deleteSql(graph, table), ...free].join(' ');
}

function childOf(graph: Graph, edge: Edge, parent: string): string {
  const child = tableAt(graph, edge.child);
  const match = edge.columns.map(
    (column, i) => `main.${parent}.${quoteName(edge.parentColumns[i] ?? '')} = +c.${quoteName(column)}`,
  );
  // A row that refers to itself goes with itself.
  if (edge.child === edge.parent)
    match.push(`NOT (${child.keys.map((key) => `c.${key} = main.${parent}.${key}`).join(' AND ')})`);
  return `SELECT 1 FROM main.${quoteName(child.schema.name)} c WHERE ${match.join(' AND ')}`;
}

/** A trigger may keep a row without an error. */
function assertGone({ db }: Connection, graph: Graph, table: number): void {
  const row = db
    .prepare(`SELECT count(*) AS rows FROM ${rowsFrom(tableAt(graph, table), 'chunk', table)}`)
    .get();
  if (Number(row?.rows) === 0) return;
  throw new Failure(
    'sqlite/constraint',
    `a trigger of \`${tableAt(graph, table).schema.name}\` keeps ${formatCount(Number(row?.rows), 'row')} that should be deleted`,
    { state: 'nothing of this transaction was committed', fix: 'leave these rows out of the predicate' },
  );
}

function tableAt(graph: Graph, table: number): Graph['tables'][number] {
  const found = graph.tables[table];
  if (!found) throw new Error('no such table in the prune');
  return found;
}
