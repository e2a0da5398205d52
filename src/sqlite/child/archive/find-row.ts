// Looks rows of an archive up in their table, compares and inserts them, each value exactly.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { quoteName } from '../../statements.ts';
import { type ArchivedTable, type ExactValue, namesOf } from './layout.ts';
import { readExact } from './read-exact.ts';

export interface RowAccess {
  /** The row with the same key as it is now. */
  find(row: readonly ExactValue[]): readonly ExactValue[] | undefined;
  insert(row: readonly ExactValue[]): void;
  key(row: readonly ExactValue[]): Record<string, ExactValue>;
}

export function createRowAccess(db: DatabaseSync, table: ArchivedTable): RowAccess {
  const names = namesOf(table);
  const at = table.key.map((name) => names.indexOf(name));
  const statements = new Map<string, StatementSync>();
  const columns = names.map((name, i) => (i === 0 && table.rowid !== undefined ? name : quoteName(name)));
  const keyOf = (row: readonly ExactValue[]): ExactValue[] => at.map((i) => row[i] ?? null);
  const own = `main.${quoteName(table.table)}`;
  return {
    find(row) {
      const key = keyOf(row);
      const where = at.map((i, k) => `t.${columns[i]} IS ${placeOf(key[k] ?? null)}`).join(' AND ');
      const [found] = readExact(db, table, `${own} t WHERE ${where}`, key.map(bindable));
      return found;
    },
    insert(row) {
      const places = row.map(placeOf).join(', ');
      const sql = `INSERT INTO ${own} (${columns.join(', ')}) VALUES (${places})`;
      const statement = statements.get(sql) ?? db.prepare(sql);
      statements.set(sql, statement);
      statement.run(...row.map(bindable));
    },
    key: (row) => Object.fromEntries(table.key.map((name, i) => [name, keyOf(row)[i] ?? null])),
  };
}

export function isSameRow(a: readonly ExactValue[], b: readonly ExactValue[]): boolean {
  return a.length === b.length && a.every((value, i) => isSame(value, b[i] ?? null));
}

function isSame(a: ExactValue, b: ExactValue): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.from(a).equals(b);
  return Buffer.from(a.textBytes).equals(b.textBytes);
}

function placeOf(value: ExactValue): string {
  return isRaw(value) ? 'CAST(? AS TEXT)' : '?';
}

function bindable(value: ExactValue): Exclude<SQLInputValue, NodeJS.ArrayBufferView> | Uint8Array {
  return isRaw(value) ? value.textBytes : value;
}

function isRaw(value: ExactValue): value is Extract<ExactValue, { textBytes: Uint8Array }> {
  return value !== null && typeof value === 'object' && 'textBytes' in value;
}
