// A table of a record, found again in the open database: its rows by primary key, read and written to the last bit.
// Text is bound and read as its bytes, because a JavaScript string cannot hold what is not well-formed.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { SqlValue } from '../../../target/schema.ts';
import { quoteName } from '../../statements.ts';
import type { ChangedTable } from '../changeset/parse.ts';
import { decodeValue, type EncodedRow, encodeValue, showValue } from '../changeset/value.ts';
import { describeTable } from '../operations/schema.ts';

export interface RecordedTable {
  readonly name: string;
  /** All that are not generated, in the order of the table. */
  readonly columns: readonly string[];
  /** Places of the primary key in `columns`. */
  readonly keys: readonly number[];
  /** The row with exactly this key: `A` is not `a`, also where the key's collation says so. */
  read(row: EncodedRow): EncodedRow | undefined;
  /** Invariant of the three: exactly one row changes, or they throw. */
  insert(row: EncodedRow, rowid?: bigint): void;
  update(from: EncodedRow, to: EncodedRow): void;
  delete(row: EncodedRow): void;
  /** Undefined where the key is the rowid, or there is none. */
  rowidOf(row: EncodedRow): bigint | undefined;
}

/** The table, or why rows of this record cannot be found in it. `columns` are the names at the time of the record. */
export function findRecordedTable(
  db: DatabaseSync,
  { name, keyPlaces }: ChangedTable,
  columns: readonly string[] | undefined,
): RecordedTable | string {
  const table = describeTable(db, name);
  if (table?.name !== name) return `table \`${name}\` is not in the schema any more`;
  if (table.kind !== 'table') return `\`${name}\` is now a ${table.kind}`;
  const stored = table.columns.filter((column) => !column.isGenerated);
  if (stored.length !== keyPlaces.length)
    return `table \`${name}\` has ${stored.length} columns, the record has ${keyPlaces.length}`;
  const other = columns?.find((column, i) => column !== stored[i]?.name);
  if (other !== undefined || (columns && columns.length !== stored.length))
    return `table \`${name}\` has other columns than the record${other === undefined ? '' : `: \`${other}\` is missing or has moved`}`;
  if (stored.some((column, i) => column.primaryKey !== keyPlaces[i]))
    return `table \`${name}\` has another primary key than the record`;
  const names = stored.map((column) => column.name);
  const hasRowid = !table.isWithoutRowid && !hasIntegerKey(db, name);
  return openTable(db, name, names, keyPlaces, hasRowid ? rowidName(table.columns) : undefined);
}

function openTable(
  db: DatabaseSync,
  name: string,
  columns: readonly string[],
  keyPlaces: readonly number[],
  rowid: string | undefined,
): RecordedTable {
  const isUtf8 = db.prepare('PRAGMA encoding').get()?.encoding === 'UTF-8';
  const keys = columns.flatMap((_, i) => (keyPlaces[i] ? [i] : []));
  const from = `main.${quoteName(name)}`;
  const quoted = columns.map(quoteName);
  // The second comparison is exact, the first one finds the index.
  const where = keys
    .map((i) => `${quoted[i]} = ${place(i)} AND ${quoted[i]} = ${place(i)} COLLATE BINARY`)
    .join(' AND ');
  const texts = quoted.map((column) =>
    isUtf8 ? `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END` : column,
  );
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const made = db.prepare(sql, { readBigInts: true, returnArrays: true });
    statements.set(sql, made);
    return made;
  };
  const bind = (row: EncodedRow, wanted: Iterable<number>, tag = ''): Record<string, SQLInputValue> => {
    const bound: Record<string, SQLInputValue> = {};
    for (const i of wanted) {
      const { isText, value } = decodeValue(row[i] ?? '');
      bound[`t${tag}${i}`] = isText && isUtf8 ? 1 : 0;
      bound[`v${tag}${i}`] = isText && !isUtf8 ? Buffer.from(value as Uint8Array).toString('utf8') : value;
    }
    return bound;
  };
  const all = columns.map((_, i) => i);
  const one = (sql: string, bound: Record<string, SQLInputValue>): void => {
    const { changes } = statement(sql).run(bound);
    if (changes !== 1n) throw new Error(`${changes} rows of ${name} changed where one was meant`);
  };
  const selected = [...texts, ...quoted.map((column) => `typeof(${column})`)].join(', ');
  return {
    name,
    columns,
    keys,
    read: (row) => {
      const found = statement(`SELECT ${selected} FROM ${from} WHERE ${where}`).all(bind(row, keys));
      for (const values of found as unknown as unknown[][]) {
        const read = columns.map((_, i) => encodeValue(values[i], values[columns.length + i] === 'text'));
        if (keys.every((i) => read[i] === row[i])) return read;
      }
      return undefined;
    },
    insert: (row, id) => {
      const [extra, value] = id !== undefined && rowid ? [`${rowid}, `, ':rowid, '] : ['', ''];
      const values = all.map((i) => place(i)).join(', ');
      one(
        `INSERT OR ABORT INTO ${from} (${extra}${quoted.join(', ')}) VALUES (${value}${values})`,
        extra && id !== undefined ? { ...bind(row, all), rowid: id } : bind(row, all),
      );
    },
    update: (before, to) => {
      const changed = all.filter((i) => before[i] !== to[i]);
      const set = changed.map((i) => `${quoted[i]} = ${place(i, 'n')}`).join(', ');
      one(`UPDATE OR ABORT ${from} SET ${set} WHERE ${where}`, {
        ...bind(before, keys),
        ...bind(to, changed, 'n'),
      });
    },
    delete: (row) => one(`DELETE FROM ${from} WHERE ${where}`, bind(row, keys)),
    rowidOf: (row) => {
      if (!rowid) return undefined;
      const found = statement(`SELECT ${rowid} FROM ${from} WHERE ${where}`).get(bind(row, keys));
      return (found as unknown as bigint[] | undefined)?.[0];
    },
  };
}

/** For a person. */
export function showRow(
  { columns }: RecordedTable,
  row: EncodedRow,
  wanted: readonly number[] = columns.map((_, i) => i),
): Record<string, SqlValue> {
  return Object.fromEntries(wanted.map((i) => [columns[i] ?? '', showValue(row[i] ?? '')]));
}

/** CASE has no affinity of its own, so that the column's decides, as it does for a bound value. */
function place(i: number, tag = ''): string {
  return `CASE :t${tag}${i} WHEN 1 THEN CAST(:v${tag}${i} AS TEXT) ELSE :v${tag}${i} END`;
}

function rowidName(columns: readonly { readonly name: string }[]): string | undefined {
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name));
}

/** INTEGER PRIMARY KEY is the rowid itself; any other key has an index of its own (DESC on INTEGER too). */
function hasIntegerKey(db: DatabaseSync, table: string): boolean {
  return !db.prepare("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'").get(table);
}
