// The shape of a table as SQLite gives it: columns, indexes, foreign keys.

import { quoteName, type SqlCompiler } from '../../sqlite/index.ts';
import type { ColumnShape, ForeignKeyShape, IndexShape, TableShape } from './reading.ts';

/** Undefined when there is no such table or view. */
export function readTableShape(
  compiler: SqlCompiler,
  name: string,
  isAssumed: boolean,
): TableShape | undefined {
  // Not pragma_table_list: it compiles every view that there is.
  const [table] = compiler.ask(
    "SELECT name, type, rootpage FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE " +
      "UNION ALL SELECT name, type, rootpage FROM sqlite_temp_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE",
    name,
  );
  if (table === undefined) return undefined;
  const type = table.type === 'view' ? 'view' : table.rootpage === 0 ? 'virtual-table' : 'table';
  return {
    name: String(table.name),
    type,
    columns: readColumns(compiler, name, isAssumed),
    indexes: readIndexes(compiler, name),
    foreignKeys: readForeignKeys(compiler, name),
    isWithoutRowid:
      type === 'table' && compiler.compile(`SELECT rowid FROM ${quoteName(name)}`).error !== undefined,
    isAssumed,
  };
}

/** Only the names, which is a fraction of the work; empty when there is no such table or view. */
export function columnNames(compiler: SqlCompiler, table: string): string[] {
  return tryAsk(compiler, 'SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1', table).map(({ name }) =>
    String(name),
  );
}

/** The only column of a stand-in of which nothing is known. */
export const placeholder = '(unknown)';

function readColumns(compiler: SqlCompiler, table: string, isAssumed: boolean): ColumnShape[] {
  return tryAsk(
    compiler,
    'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) WHERE hidden <> 1',
    table,
  )
    .filter(({ name }) => !isAssumed || name !== placeholder)
    .map((column) => ({
      name: String(column.name),
      type: String(column.type ?? ''),
      isNotNull: column.notnull === 1,
      ...(column.dflt_value === null ? {} : { default: String(column.dflt_value) }),
      keyPlace: Number(column.pk),
      isGenerated: column.hidden === 2 || column.hidden === 3,
    }));
}

/** A view whose tables are missing has no columns that SQLite could name. */
function tryAsk(compiler: SqlCompiler, sql: string, table: string): ReturnType<SqlCompiler['ask']> {
  try {
    return compiler.ask(sql, table);
  } catch {
    return [];
  }
}

function readIndexes(compiler: SqlCompiler, table: string): IndexShape[] {
  const rows = compiler.ask(
    'SELECT l.name, l."unique", l.partial, i.name AS col FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i ORDER BY l.seq, i.seqno',
    table,
  );
  const indexes = new Map<string, { isUnique: boolean; isPartial: boolean; columns: (string | null)[] }>();
  for (const row of rows) {
    const index = indexes.get(String(row.name)) ?? {
      isUnique: row.unique === 1,
      isPartial: row.partial === 1,
      columns: [],
    };
    index.columns.push(row.col === null ? null : String(row.col));
    indexes.set(String(row.name), index);
  }
  return [...indexes].map(([name, index]) => ({ name, ...index }));
}

function readForeignKeys(compiler: SqlCompiler, table: string): ForeignKeyShape[] {
  const rows = compiler.ask(
    'SELECT id, "table", "from", on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    table,
  );
  const keys = new Map<number, { table: string; onDelete: string; columns: string[] }>();
  for (const row of rows) {
    const key = keys.get(Number(row.id)) ?? {
      table: String(row.table),
      onDelete: String(row.on_delete),
      columns: [],
    };
    key.columns.push(String(row.from));
    keys.set(Number(row.id), key);
  }
  return [...keys.values()];
}
