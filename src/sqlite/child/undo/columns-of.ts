// The names of columns, kept with a record: a changeset has only their number.

import type { DatabaseSync } from 'node:sqlite';
import type { RecordedColumns } from '../../../target/undo.ts';
import { describeTable } from '../operations/schema.ts';

/** All that are not generated, in the order of the table; SQLite's own tables are left out. */
export function columnsOf(db: DatabaseSync, tables: readonly string[]): RecordedColumns {
  const columns: Record<string, readonly string[]> = {};
  for (const name of tables) {
    const table = describeTable(db, name);
    if (table?.kind === 'table')
      columns[table.name] = table.columns.flatMap((column) => (column.isGenerated ? [] : [column.name]));
  }
  return columns;
}
