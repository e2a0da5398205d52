// Deletes a set of rows that was fixed when it was counted, chunk by chunk, each chunk one announced transaction that
// holds the chosen rows with all that hang on them. The keys lie in temporary tables, which SQLite keeps in the scratch folder.

import type { SQLInputValue } from 'node:sqlite';
import { formatCount, formatSize } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { PruneChunk, PruneCounts, PruneSelection } from '../../../target/prune.ts';
import type { TableSchema } from '../../../target/schema.ts';
import { quoteName } from '../../statements.ts';
import {
  archiveChunk,
  openPruneArchive,
  type PruneArchive,
  settleLastChunk,
} from '../archive/prune-archive.ts';
import type { Connection } from '../connection.ts';
import { newObserved } from '../guard.ts';
import { checkTable } from '../names.ts';
import { bindings, prepareGuarded, runGuarded } from '../prepare.ts';
import { type ChunkRows, fillChunk, rootPlaces } from '../prune/chunk-rows.ts';
import { countOutside, countSet, fillClosure, makeSets, setOf } from '../prune/closure.ts';
import { deleteChunk, observeDeletes } from '../prune/delete-chunk.ts';
import { type DeleteGroup, deleteOrder } from '../prune/delete-order.ts';
import { type Edge, type Graph, type PruneTable, pruneGraph } from '../prune/edges.ts';
import { namedParams, predicate } from '../prune/predicate.ts';
import { inTransaction } from '../transaction.ts';
import { maxChangesetBytes, planChangeset } from '../undo-scope.ts';
import type { Work } from '../work.ts';
import { describeTable } from './schema.ts';

interface Selection {
  readonly graph: Graph;
  readonly groups: readonly DeleteGroup[];
  readonly where: string;
  readonly given: PruneSelection;
  readonly planned: number;
  archive: PruneArchive | undefined;
  /** Keys up to this number are done. */
  cursor: number;
  readonly changed: Map<string, number>;
}

const selections = new WeakMap<Connection, Selection>();

export function pruneSelect({ connection, progress }: Work, args: PruneSelection): PruneCounts {
  const { db } = connection;
  selections.get(connection)?.archive?.writer.close();
  selections.delete(connection);
  const schema = tableOf(connection, args.table);
  const where = predicate(args.where);
  // Compiled alone first: a predicate may only read.
  const from = `FROM main.${quoteName(schema.name)} WHERE ${where}`;
  prepareGuarded(connection, `SELECT 1 ${from}`, 'read', newObserved());
  const graph = pruneGraph(db, schema, args);
  const [root] = graph.tables;
  const places = rootPlaces(root?.keys.length ?? 1);
  db.exec('DROP TABLE IF EXISTS temp.belay_prune');
  db.exec(`CREATE TABLE temp.belay_prune (n INTEGER PRIMARY KEY, ${places})`);
  const insert = `INSERT INTO temp.belay_prune (${places}) SELECT ${root?.keys.join(', ')} ${from}`;
  const bound = bindings(insert, namedParams(args.params) as never) as SQLInputValue[];
  const planned = runGuarded(connection, insert, 'write', newObserved(), () =>
    Number(db.prepare(insert).run(...bound).changes),
  );
  for (const set of ['fixed', 'chunk'] as const) makeSets(db, graph, set);
  if (graph.edges.length > 0) {
    progress({ message: `looks for the rows that hang on those of ${schema.name}` });
    db.exec(`INSERT INTO ${setOf('fixed', 0)} SELECT ${places}, 0 FROM temp.belay_prune`);
    fillClosure(db, graph, 'fixed');
  }
  const counts = countAll(connection, graph, planned);
  selections.set(connection, {
    graph,
    groups: deleteOrder(graph),
    where,
    given: args,
    planned,
    archive: undefined,
    cursor: 0,
    changed: new Map(),
  });
  return counts;
}

export async function pruneChunk(work: Work, args: { readonly limit: number }): Promise<PruneChunk> {
  const { connection } = work;
  const { db } = connection;
  const selection = selections.get(connection);
  if (!selection)
    throw new Failure('target/stopped', 'the selection of rows was lost with its process', {
      state: 'chunks that were committed stay deleted, the rest is untouched',
      fix: 'select again',
    });
  const { graph, groups, given } = selection;
  const rows = { graph, where: selection.where, params: namedParams(given.params) };
  if (given.archive && selection.planned > selection.cursor)
    selection.archive ??= openPruneArchive(db, graph, groups, given, given.archive);
  const wantedTo = Math.min(selection.planned, selection.cursor + args.limit);
  const observed = observeDeletes(connection, graph, groups);
  let chunk: ChunkRows | undefined;
  const { archive } = selection;
  try {
    const { result, lockedMs } = await inTransaction(
      work,
      'destroy',
      () => {
        chunk = fillChunk(connection, rows, selection.cursor, wantedTo);
        const plan = planChangeset(db, observed, []);
        if (plan.reason !== undefined || chunk.bytes <= maxChangesetBytes) return plan;
        return {
          ...plan,
          reason: `one row and all that hang on it are ${formatSize(chunk.bytes)}, more than the ${formatSize(maxChangesetBytes)} that are kept`,
        };
      },
      () => {
        const counts = chunk?.counts ?? [];
        const total = counts.reduce((sum, count) => sum + count, 0);
        if (total === 0)
          return { result: new Map<string, number>(), rows: 0, hasOtherChange: false, isUnchanged: true };
        const changed = countChanged(connection, graph, 'chunk');
        if (archive) archiveChunk(db, archive, graph, counts);
        deleteChunk(connection, graph, groups, counts);
        return { result: changed, rows: total, hasOtherChange: false };
      },
    );
    for (const [table, count] of result)
      selection.changed.set(table, (selection.changed.get(table) ?? 0) + count);
    return finishChunk(work, selection, chunk, result, lockedMs);
  } catch (error) {
    // Nothing was committed; what was archived is still in the table, which is looked at rather than believed.
    if (archive) settleLastChunk(db, archive);
    throw error;
  }
}

/** Writes the manifest; undefined when nothing was archived. */
export function pruneFinish({ connection }: Work): { folder?: string; rows: number } {
  const selection = selections.get(connection);
  selections.delete(connection);
  const writer = selection?.archive?.writer;
  if (selection === undefined || writer === undefined) return { rows: 0 };
  const manifest = writer.finish(Object.fromEntries(selection.changed), new Date());
  writer.close();
  return {
    folder: writer.folder,
    rows: Object.values(manifest.counts).reduce((sum, count) => sum + count, 0),
  };
}

function finishChunk(
  work: Work,
  selection: Selection,
  chunk: ChunkRows | undefined,
  changed: ReadonlyMap<string, number>,
  lockedMs: number,
): PruneChunk {
  const { graph, planned } = selection;
  selection.cursor = chunk?.to ?? planned;
  work.progress({ done: selection.cursor, total: planned, unit: 'rows' });
  const deleted = chunk?.counts ?? [];
  return {
    deleted: deleted[0] ?? 0,
    remaining: planned - selection.cursor,
    taken: selection.cursor,
    lockedMs,
    kept: chunk?.kept ?? 0,
    tables: graph.tables.map(({ schema }, i) => ({
      table: schema.name,
      deleted: deleted[i] ?? 0,
      archived: selection.archive ? (deleted[i] ?? 0) : 0,
      changed: changed.get(schema.name) ?? 0,
    })),
  };
}

/** Fails with `action/has-children` when rows stand in the way. */
function countAll(connection: Connection, graph: Graph, planned: number): PruneCounts {
  const { db } = connection;
  for (const edge of graph.edges) {
    if (edge.kind !== 'refuse') continue;
    const count = countOutside(db, graph, edge, 'fixed');
    if (count > 0) throw hasChildren(graph, edge, count);
  }
  const changed = countChanged(connection, graph, 'fixed');
  const tables = graph.tables.map(({ schema }, i) => ({
    table: schema.name,
    planned: i === 0 && graph.edges.length === 0 ? planned : countSet(db, 'fixed', i),
    tableRows: Number(db.prepare(`SELECT count(*) AS rows FROM main.${quoteName(schema.name)}`).get()?.rows),
    changed: changed.get(schema.name) ?? 0,
  }));
  return {
    planned,
    tableRows: tables[0]?.tableRows ?? 0,
    tables: tables.filter(
      (table, i) =>
        i === 0 ||
        table.changed > 0 ||
        graph.edges.some((edge) => edge.kind === 'delete' && edge.child === i),
    ),
  };
}

/** Rows of which SQLite will set the reference to NULL or a default. */
function countChanged({ db }: Connection, graph: Graph, set: 'fixed' | 'chunk'): Map<string, number> {
  const counts = new Map<string, number>();
  for (const edge of graph.edges) {
    if (edge.kind !== 'change') continue;
    const table = graph.tables[edge.child]?.schema.name ?? '';
    counts.set(table, (counts.get(table) ?? 0) + countOutside(db, graph, edge, set));
  }
  return counts;
}

function hasChildren(graph: Graph, edge: Edge, count: number): Failure {
  const name = (table: PruneTable | undefined): string => table?.schema.name ?? '';
  const [parent, child] = [name(graph.tables[edge.parent]), name(graph.tables[edge.child])];
  return new Failure(
    'action/has-children',
    `${formatCount(count, 'row')} of \`${child}\` point through \`${edge.columns.join(', ')}\` to rows of \`${parent}\` that would be deleted`,
    {
      state: 'nothing was deleted',
      fix: `say \`cascade: declared\` to delete them too, or prune \`${child}\` first, in a step before this one`,
      details: { table: parent, child, rows: count },
    },
  );
}

function tableOf({ db }: Connection, name: string): TableSchema {
  const table = describeTable(db, checkTable(db, name));
  if (table?.kind === 'table') return table;
  throw new Failure(
    'sqlite/no-such-table',
    `\`${name}\` is a ${table?.kind ?? 'system'} table, rows can be pruned from ordinary tables`,
    { state: 'nothing was run' },
  );
}
