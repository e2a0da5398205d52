// Finds child tables that SQLite would scan for every deleted parent row, before the first is deleted.

import type { DatabaseSync } from 'node:sqlite';
import { formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { ForeignKey, TableSchema } from '../../target/target.ts';
import { quoteName } from '../statements.ts';
import { describeTable, tableList } from './operations/schema.ts';

/** Scanning so few rows costs less than saying that it happens. */
const smallTable = 1000;

/** Follows ON DELETE CASCADE downwards, because deleted children are parents again. */
export function assertChildrenIndexed(db: DatabaseSync, parent: TableSchema): void {
  const tables = tableList(db)
    .filter((row) => row.type === 'table')
    .flatMap((row) => describeTable(db, String(row.name)) ?? []);
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name.toLowerCase())) return;
    seen.add(name.toLowerCase());
    for (const child of tables) {
      for (const key of child.foreignKeys) {
        if (key.parent.toLowerCase() !== name.toLowerCase()) continue;
        if (!isIndexed(child, key)) assertSmall(db, child, key);
        if (key.onDelete === 'CASCADE') visit(child.name);
      }
    }
  };
  visit(parent.name);
}

function isIndexed(child: TableSchema, key: ForeignKey): boolean {
  const wanted = new Set(key.columns.map((column) => column.toLowerCase()));
  const [first] = key.columns;
  const isRowid =
    key.columns.length === 1 &&
    child.columns.some(
      (column) => column.name === first && column.primaryKey === 1 && column.type.toUpperCase() === 'INTEGER',
    );
  return (
    isRowid ||
    child.indexes.some((index) =>
      index.columns.slice(0, wanted.size).every((column) => wanted.has(column.toLowerCase())),
    )
  );
}

function assertSmall(db: DatabaseSync, child: TableSchema, key: ForeignKey): void {
  const { rows } = db.prepare(`SELECT count(*) AS rows FROM main.${quoteName(child.name)}`).get() ?? {};
  if (Number(rows) <= smallTable) return;
  const columns = key.columns.map(quoteName).join(', ');
  throw new Failure(
    'sqlite/unindexed-child',
    `table \`${child.name}\` (${formatCount(Number(rows), 'row')}) refers to \`${key.parent}\` by ${key.columns.map((column) => `\`${column}\``).join(', ')} without an index: every deleted row would scan it`,
    {
      state: 'nothing was deleted',
      fix: `CREATE INDEX ${quoteName(`${child.name}_${key.columns.join('_')}`)} ON ${quoteName(child.name)} (${columns})`,
    },
  );
}
