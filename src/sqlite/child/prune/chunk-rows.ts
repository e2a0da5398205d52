// Fills the sets of one chunk inside its transaction: chosen rows that are still eligible, all that hangs on them, as
// few as one record of changes can hold.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { quoteName } from '../../statements.ts';
import type { Connection } from '../connection.ts';
import { newObserved } from '../guard.ts';
import { bindings, runGuarded } from '../prepare.ts';
import { maxChangesetBytes } from '../undo-scope.ts';
import { clearSets, countSet, fillClosure, hasStrangers, rowsFrom, setOf } from './closure.ts';
import type { Graph } from './edges.ts';

export interface ChunkRows {
  /** Keys up to this number are done with this chunk. */
  readonly to: number;
  /** Chosen rows that stay, because rows hang on them that were not counted. */
  readonly kept: number;
  /** By position of the table. */
  readonly counts: readonly number[];
  readonly bytes: number;
}

/** `where` and `params` choose once more: a row that is no longer eligible stays, also when its key was given away. */
export interface RootRows {
  readonly graph: Graph;
  readonly where: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const rootPlaces = (count: number): string =>
  Array.from({ length: count }, (_, k) => `k${k}`).join(', ');
/** What SQLite's record of changes needs for a row beside its values. */
const rowOverhead = 64;
/** A chunk of more rows would hold the lock too long, whatever the chosen rows are. */
const maxRows = 50_000;

export function fillChunk(connection: Connection, rows: RootRows, from: number, wantedTo: number): ChunkRows {
  const { db } = connection;
  const { graph } = rows;
  let to = wantedTo;
  for (;;) {
    fillRanges(connection, rows, [[from, to]]);
    const counts = graph.tables.map((_, i) => countSet(db, 'chunk', i));
    const bytes = sizeOf(db, graph, counts);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if ((bytes <= maxChangesetBytes && total <= maxRows) || to - from <= 1) {
      if (graph.edges.length === 0 || !hasStrangers(db, graph)) return { to, kept: 0, counts, bytes };
      break;
    }
    to = from + Math.max(1, Math.floor((to - from) / 2));
  }
  const [good, kept] = withoutStrangers(connection, rows, from, to);
  fillRanges(connection, rows, good);
  const counts = graph.tables.map((_, i) => countSet(db, 'chunk', i));
  return { to, kept, counts, bytes: sizeOf(db, graph, counts) };
}

type Range = readonly [from: number, to: number];

/** Halves until only the rows that have got something new are left out. */
function withoutStrangers(
  connection: Connection,
  rows: RootRows,
  from: number,
  to: number,
): [Range[], number] {
  fillRanges(connection, rows, [[from, to]]);
  const chosen = countSet(connection.db, 'chunk', 0);
  if (chosen === 0) return [[], 0];
  if (!hasStrangers(connection.db, rows.graph)) return [[[from, to]], 0];
  if (to - from === 1) return [[], 1];
  const middle = from + Math.floor((to - from) / 2);
  const [left, keptLeft] = withoutStrangers(connection, rows, from, middle);
  const [right, keptRight] = withoutStrangers(connection, rows, middle, to);
  return [[...left, ...right], keptLeft + keptRight];
}

function fillRanges(
  connection: Connection,
  { graph, where, params }: RootRows,
  ranges: readonly Range[],
): void {
  const { db } = connection;
  const [root] = graph.tables;
  if (!root) throw new Error('a prune without a table');
  clearSets(db, graph, 'chunk');
  const keys = root.keys.join(', ');
  const places = rootPlaces(root.keys.length);
  const sql = `INSERT OR IGNORE INTO ${setOf('chunk', 0)} SELECT ${keys}, 0 FROM main.${quoteName(root.schema.name)}
    WHERE (${keys}) IN (SELECT ${places} FROM temp.belay_prune WHERE n > :belay_from AND n <= :belay_to) AND ${where}`;
  for (const [belay_from, belay_to] of ranges) {
    const bound = bindings(sql, { ...params, belay_from, belay_to } as never) as SQLInputValue[];
    runGuarded(connection, sql, 'write', newObserved(), () => db.prepare(sql).run(...bound));
  }
  fillClosure(db, graph, 'chunk');
}

function sizeOf(db: DatabaseSync, graph: Graph, counts: readonly number[]): number {
  let bytes = 0;
  for (const [i, table] of graph.tables.entries()) {
    if (counts[i] === 0) continue;
    // A number takes eight bytes, however short its digits; beside each value stand its type and its length.
    const sizes = table.schema.columns.map(
      ({ name }) => `coalesce(max(octet_length(t.${quoteName(name)}), 8), 0) + 6`,
    );
    const row = db
      .prepare(`SELECT total(${sizes.join(' + ')}) AS bytes FROM ${rowsFrom(table, 'chunk', i)}`)
      .get();
    bytes += Number(row?.bytes) + (counts[i] ?? 0) * rowOverhead;
  }
  return bytes;
}
