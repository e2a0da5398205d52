// Foreign keys that no index supports: every DELETE in the parent then scans the child table.

import type { DatabaseSchema, ForeignKey, TableSchema } from '../../target/index.ts';
import { type IndexText, isPartial } from './duplicate-indexes.ts';
import { quoteName } from './quote-name.ts';

export interface UnindexedForeignKey {
  table: string;
  columns: string[];
  parent: string;
  /** The CREATE INDEX statement that would help. */
  statement: string;
}

export function unindexedForeignKeys(
  schema: DatabaseSchema,
  indexes: readonly IndexText[],
): UnindexedForeignKey[] {
  const partial = new Set(indexes.filter(({ sql }) => isPartial(sql)).map(({ name }) => name));
  const taken = new Set(
    schema.tables.flatMap((table) => [table.name, ...table.indexes.map(({ name }) => name)]),
  );
  return schema.tables.flatMap((table) =>
    table.foreignKeys
      .filter((key) => !isSupported(table, key, partial))
      .map((key) => ({
        table: table.name,
        columns: [...key.columns],
        parent: key.parent,
        statement: createIndex(table.name, key.columns, taken),
      })),
  );
}

/** An index helps when its first columns are those of the key, in any order; so does the primary key. */
function isSupported(table: TableSchema, key: ForeignKey, partial: ReadonlySet<string>): boolean {
  const primaryKey = table.columns
    .filter((column) => column.primaryKey > 0)
    .sort((a, b) => a.primaryKey - b.primaryKey)
    .map((column) => column.name);
  const wanted = new Set(key.columns.map((column) => column.toLowerCase()));
  const lists = [
    primaryKey,
    ...table.indexes.filter((index) => !partial.has(index.name)).map((index) => index.columns),
  ];
  return lists.some((columns) => {
    const leading = columns.slice(0, wanted.size).map((column) => column.toLowerCase());
    return leading.length === wanted.size && leading.every((column) => wanted.has(column));
  });
}

function createIndex(table: string, columns: readonly string[], taken: Set<string>): string {
  const base = `idx_${[table, ...columns].join('_').replaceAll(/\W/g, '_')}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return `CREATE INDEX ${quoteName(name)} ON ${quoteName(table)} (${columns.map(quoteName).join(', ')});`;
}
