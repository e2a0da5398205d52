// How SQLite compares the values of a column. Source: https://sqlite.org/datatype3.html §3.1.

import type { TableSchema } from '../../../target/schema.ts';

export function affinityOf(table: TableSchema, column: string): 'number' | 'text' | 'none' {
  if (column === 'rowid') return 'number';
  const type =
    table.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.type.toUpperCase() ?? '';
  if (type.includes('INT')) return 'number';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  return type === '' || type.includes('BLOB') ? 'none' : 'number';
}
