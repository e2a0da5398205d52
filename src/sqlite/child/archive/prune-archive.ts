// The archive of a prune: which tables it holds, the rows of a chunk, and what a crash may have left in it.

import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import type { PruneSelection } from '../../../target/prune.ts';
import { rowsFrom } from '../prune/closure.ts';
import type { DeleteGroup } from '../prune/delete-order.ts';
import type { Graph } from '../prune/edges.ts';
import { createRowAccess, isSameRow } from './find-row.ts';
import { type ArchivedTable, archiveVersion } from './layout.ts';
import { readRows } from './read-archive.ts';
import { archivedTable, readExact } from './read-exact.ts';
import { type ArchiveWriter, openArchive } from './write-archive.ts';

export interface PruneArchive {
  readonly writer: ArchiveWriter;
  /** By position in the prune's list of tables. */
  readonly tables: ReadonlyMap<number, ArchivedTable>;
}

/** Opens the archive, or goes on with the one that this step left when it was interrupted. */
export function openPruneArchive(
  db: DatabaseSync,
  graph: Graph,
  groups: readonly DeleteGroup[],
  given: PruneSelection,
  options: NonNullable<PruneSelection['archive']>,
): PruneArchive {
  // Parents first, so that the archive can be loaded in the order of its tables.
  const order = groups.flatMap((group) => group.tables).reverse();
  const tables = new Map(
    order.flatMap((index, i) => {
      const table = graph.tables[index];
      return table ? [[index, archivedTable(table.schema, table.keys, i + 1, options.format)] as const] : [];
    }),
  );
  const writer = openArchive(options.to, {
    belayArchive: archiveVersion,
    format: options.format,
    run: options.run,
    step: options.step,
    table: graph.tables[0]?.schema.name ?? given.table,
    predicate: given.where,
    params: shownParams(given.params),
    tables: [...tables.values()],
  });
  const archive = { writer, tables };
  settleLastChunk(db, archive);
  return archive;
}

/** Durable and counted when it returns; the rows may be deleted then. */
export function archiveChunk(
  db: DatabaseSync,
  { writer, tables }: PruneArchive,
  graph: Graph,
  counts: readonly number[],
): void {
  for (const [index, table] of tables) {
    const own = graph.tables[index];
    const expected = counts[index] ?? 0;
    if (own === undefined || expected === 0) continue;
    const written = writer.write(table, readExact(db, table, rowsFrom(own, 'chunk', index)));
    if (written === expected) continue;
    throw new Failure(
      'action/archive-damaged',
      `${written} of ${expected} rows of \`${table.table}\` were read for the archive`,
      {
        state: 'the rows at work are still in the database',
        fix: 'check the database: `belay status --check`',
      },
    );
  }
  writer.endChunk();
}

/**
 * Crash: the last durable chunk is the only one that may not have been committed. When each of its rows is in its table
 * as it was archived, the table is the proof, and the chunk is taken out; in any doubt it stays, for loading a row twice
 * is harmless.
 */
export function settleLastChunk(db: DatabaseSync, { writer, tables }: PruneArchive): void {
  writer.discard();
  const { last } = writer;
  if (last === undefined) return;
  for (const table of tables.values()) {
    const access = createRowAccess(db, table);
    for (const row of readRows(writer, table, last)) {
      const found = access.find(row);
      if (found === undefined || !isSameRow(row, found)) return;
    }
  }
  writer.dropLast();
}

function shownParams(params: PruneSelection['params']): Record<string, string | number | null> {
  return Object.fromEntries(
    Object.entries(params ?? {}).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? `x:${Buffer.from(value).toString('hex')}` : value,
    ]),
  );
}
