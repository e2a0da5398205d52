// What names a row of a table for as long as it lives.

import { Failure } from '../../../diagnostic/index.ts';
import type { TableSchema } from '../../../target/schema.ts';
import { quoteName } from '../../statements.ts';

/** The rowid under a name that no column hides, or the primary key of a table that has none; as SQL. */
export function rowKeys(table: TableSchema): string[] {
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
