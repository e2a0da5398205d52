// Reads SQLite's changeset format (ext/session/sqlite3session.c, "CHANGESET FORMAT") exactly: what it does not know, or
// what is cut off, is an error and never skipped.

import { Failure } from '../../../diagnostic/index.ts';
import { absent, type EncodedRow, endOfValue, readVarint } from './value.ts';

export interface ChangedTable {
  readonly name: string;
  /** For each column its place in the primary key from 1, or 0. Generated columns are not counted. */
  readonly keyPlaces: readonly number[];
}

export type Change = { readonly isIndirect: boolean } & (
  | { readonly kind: 'insert'; readonly new: EncodedRow }
  | { readonly kind: 'delete'; readonly old: EncodedRow }
  /** `old` has the key and the changed columns, `new` the changed columns; the others are `absent`. */
  | { readonly kind: 'update'; readonly old: EncodedRow; readonly new: EncodedRow }
);

export interface TableChange {
  readonly table: ChangedTable;
  readonly change: Change;
}

const kinds = new Map([
  [18, 'insert'],
  [9, 'delete'],
  [23, 'update'],
] as const);

/** Changes in the order of the record; all changes of one table header share one `table`. */
export function* parseChangeset(changeset: Uint8Array): Generator<TableChange> {
  const bytes = Buffer.from(changeset.buffer, changeset.byteOffset, changeset.byteLength);
  let table: ChangedTable | undefined;
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === 0x54) {
      [table, at] = readTable(bytes, at);
      continue;
    }
    const kind = kinds.get(bytes[at] as 18);
    const indirect = bytes[at + 1];
    if (!table || !kind || (indirect !== 0 && indirect !== 1)) throw damaged(at);
    const isIndirect = indirect === 1;
    const columns = table.keyPlaces.length;
    const [first, afterFirst] = readRow(bytes, at + 2, columns, kind === 'update');
    at = afterFirst;
    if (kind === 'insert') yield { table, change: { kind, isIndirect, new: first } };
    else if (kind === 'delete') yield { table, change: { kind, isIndirect, old: first } };
    else {
      const [second, afterSecond] = readRow(bytes, at, columns, true);
      at = afterSecond;
      yield { table, change: { kind, isIndirect, old: first, new: second } };
    }
  }
}

function readTable(bytes: Buffer, start: number): [ChangedTable, number] {
  const { value: columns, end } = readVarint(bytes, start + 1);
  const nameEnd = bytes.indexOf(0, end + columns);
  if (columns === 0 || columns > 32_767 || nameEnd < 0) throw damaged(start);
  const keyPlaces = [...bytes.subarray(end, end + columns)];
  if (keyPlaces.every((place) => place === 0)) throw damaged(start);
  return [{ name: bytes.toString('utf8', end + columns, nameEnd), keyPlaces }, nameEnd + 1];
}

function readRow(
  bytes: Buffer,
  start: number,
  columns: number,
  mayBeAbsent: boolean,
): [row: EncodedRow, end: number] {
  const row: string[] = [];
  let at = start;
  for (let i = 0; i < columns; i++) {
    const end = endOfValue(bytes, at);
    if (end === undefined || end > bytes.length) throw damaged(at);
    const value = bytes.toString('latin1', at, end);
    if (value === absent && !mayBeAbsent) throw damaged(at);
    row.push(value);
    at = end;
  }
  return [row, at];
}

function damaged(at: number): Failure {
  return new Failure('target/changeset-damaged', `the recorded changeset is not readable at byte ${at}`, {
    state: 'nothing was changed',
    fix: 'check the journal: `belay audit`; then restore the backup taken before the step',
  });
}
