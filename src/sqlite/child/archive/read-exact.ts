// Reads rows of a table exactly as SQLite keeps them, and says how the table lies in an archive.

import type { DatabaseSync } from 'node:sqlite';
import type { TableSchema } from '../../../target/schema.ts';
import { quoteName } from '../../statements.ts';
import type { ArchivedTable, ExactValue } from './layout.ts';

/** `number` keeps the names of files apart, whatever the names of the tables are. */
export function archivedTable(
  table: TableSchema,
  keys: readonly string[],
  number: number,
  format: string,
): ArchivedTable {
  const primaryKey = table.columns
    .filter((column) => column.primaryKey > 0)
    .sort((a, b) => a.primaryKey - b.primaryKey)
    .map((column) => column.name);
  const rowid = primaryKey.length === 0 ? keys[0]?.replaceAll(/^"|"$/g, '') : undefined;
  const plain = table.name.replaceAll(/[^\w-]/g, '_').slice(0, 40);
  return {
    table: table.name,
    file: `${String(number).padStart(2, '0')}-${plain}.${format}`,
    columns: table.columns.filter((column) => !column.isGenerated).map(({ name, type }) => ({ name, type })),
    key: rowid === undefined ? primaryKey : [rowid],
    ...(rowid === undefined ? {} : { rowid }),
  };
}

/** The values of a row as SQL, in the order of the archive. The rowid has a name that no column hides. */
export function valuesSql(table: ArchivedTable, alias: string): string[] {
  const columns = table.columns.map(({ name }) => `${alias}.${quoteName(name)}`);
  return table.rowid === undefined ? columns : [`${alias}.${table.rowid}`, ...columns];
}

/** Rows of `from`, in which the table is called `t`; `bound` are its parameters. */
export function* readExact(
  db: DatabaseSync,
  table: ArchivedTable,
  from: string,
  bound: readonly (string | number | bigint | null | Uint8Array)[] = [],
): Generator<ExactValue[]> {
  const values = valuesSql(table, 't');
  const rows = db.prepare(`SELECT ${values.join(', ')} FROM ${from}`);
  rows.setReadBigInts(true);
  rows.setReturnArrays(true);
  let raw: Iterator<unknown> | undefined;
  let read = 0;
  let passed = 0;
  try {
    for (const row of rows.iterate(...bound) as Iterable<unknown> as Iterable<ExactValue[]>) {
      read++;
      if (row.some((value) => typeof value === 'string' && value.includes('\ufffd'))) {
        // Bytes that are no UTF-8 arrive as U+FFFD: the same row once more, as bytes. Both statements read in one order.
        raw ??= bytesOf(db, values, from, bound);
        let bytes: unknown;
        for (; passed < read; passed++) bytes = raw.next().value;
        yield row.map((value, i) => exactText(value, (bytes as (Uint8Array | null)[] | undefined)?.[i]));
      } else {
        yield row;
      }
    }
  } finally {
    raw?.return?.();
  }
}

function bytesOf(
  db: DatabaseSync,
  values: readonly string[],
  from: string,
  bound: readonly (string | number | bigint | null | Uint8Array)[],
): Iterator<unknown> {
  const list = values.map((value) => `CASE WHEN typeof(${value}) = 'text' THEN CAST(${value} AS BLOB) END`);
  const statement = db.prepare(`SELECT ${list.join(', ')} FROM ${from}`);
  statement.setReturnArrays(true);
  return statement.iterate(...bound) as Iterator<unknown>;
}

function exactText(value: ExactValue, bytes: Uint8Array | null | undefined): ExactValue {
  if (typeof value !== 'string' || !bytes || Buffer.from(value, 'utf8').equals(bytes)) return value;
  return { textBytes: bytes };
}
