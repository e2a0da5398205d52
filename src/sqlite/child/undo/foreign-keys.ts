// Rows whose parent is missing, as SQLite finds them, and which of our rows are to blame for a new one.

import type { DatabaseSync } from 'node:sqlite';
import type { ForeignKey } from '../../../target/schema.ts';
import { quoteName } from '../../statements.ts';
import { type EncodedRow, encodeValue, showValue } from '../changeset/value.ts';
import { isSqliteError } from '../errors.ts';
import { describeTable, tableList } from '../operations/schema.ts';
import { isChanged, type UndoRow } from './plan-undo.ts';

export interface Violations {
  /** By an id that is the same before and after: table, key and constraint. */
  readonly rows: ReadonlyMap<string, Violation>;
  /** As `PRAGMA foreign_key_check` counts them, which has no name for a row. */
  readonly count: number;
}

export interface Violation {
  readonly child: string;
  readonly parent: string;
  readonly foreignKey: ForeignKey;
  /** Values of the foreign key's columns. */
  readonly values: EncodedRow;
  /** Values of the child's primary key, or its rowid. */
  readonly key: EncodedRow;
}

/** In the touched tables and in those that refer to them. */
export function findViolations(db: DatabaseSync, touched: readonly string[]): Violations {
  const names = new Set(touched.map((name) => name.toLowerCase()));
  const found = new Map<string, Violation>();
  let count = 0;
  for (const row of tableList(db)) {
    const child = describeTable(db, String(row.name));
    if (child?.kind !== 'table') continue;
    const keys = child.columns.filter((column) => column.primaryKey > 0).map((column) => column.name);
    const concerned = child.foreignKeys.filter(
      ({ parent }) => names.has(child.name.toLowerCase()) || names.has(parent.toLowerCase()),
    );
    if (concerned.length > 0) count += countViolations(db, child.name);
    for (const foreignKey of concerned) {
      for (const violation of violationsOf(db, child.name, keys, foreignKey))
        found.set(
          [child.name, foreignKey.parent, foreignKey.columns, ...violation.key].join('\n'),
          violation,
        );
    }
  }
  return { rows: found, count };
}

function countViolations(db: DatabaseSync, table: string): number {
  try {
    return Number(db.prepare('SELECT count(*) AS count FROM pragma_foreign_key_check(?)').get(table)?.count);
  } catch (error) {
    // A foreign key that no unique index of its parent answers cannot be checked, neither before nor after.
    if (isSqliteError(error)) return 0;
    throw error;
  }
}

function violationsOf(
  db: DatabaseSync,
  child: string,
  keys: readonly string[],
  foreignKey: ForeignKey,
): Violation[] {
  const { parent, columns, parentColumns } = foreignKey;
  const hasParent = describeTable(db, parent) !== undefined;
  // Parent on the left and `+` on the right: the parent's affinity and collation decide, as in SQLite's own check.
  const match = columns
    .map((column, i) => `p.${quoteName(parentColumns[i] ?? 'rowid')} = +c.${quoteName(column)}`)
    .join(' AND ');
  const isSet = columns.map((column) => `c.${quoteName(column)} IS NOT NULL`).join(' AND ');
  const key = keys.length > 0 ? keys.map((column) => `c.${quoteName(column)}`) : ['c.rowid'];
  const chosen = [...columns.map((column) => `c.${quoteName(column)}`), ...key];
  const missing = hasParent
    ? `NOT EXISTS (SELECT 1 FROM main.${quoteName(parent)} AS p WHERE ${match})`
    : 'TRUE';
  const rows = db
    .prepare(`SELECT ${chosen.join(', ')} FROM main.${quoteName(child)} AS c WHERE ${isSet} AND ${missing}`, {
      readBigInts: true,
      returnArrays: true,
    })
    .all() as unknown as unknown[][];
  return rows.map((row) => {
    const values = row.map((value) => encodeValue(value, typeof value === 'string'));
    return {
      child,
      parent,
      foreignKey,
      values: values.slice(0, columns.length),
      key: values.slice(columns.length),
    };
  });
}

/** Ours that would have to stay as they are for the violation to go: the child itself, else what its parent was. */
export function rowsToBlame(violation: Violation, rows: readonly UndoRow[]): UndoRow[] {
  const { child, parent, foreignKey, values, key } = violation;
  const changed = rows.filter(isChanged);
  const children = changed.filter(
    ({ table, target }) =>
      table.name === child && target && table.keys.length === key.length && sameKey(table, target, key),
  );
  if (children.length > 0) return children;
  return changed.filter(({ table, current }) => {
    if (table.name.toLowerCase() !== parent.toLowerCase() || !current) return false;
    return foreignKey.parentColumns.every((column, i) => {
      const at = table.columns.findIndex((name) => name.toLowerCase() === column.toLowerCase());
      return (
        String(showValue(current[at] ?? '')).toLowerCase() ===
        String(showValue(values[i] ?? '')).toLowerCase()
      );
    });
  });
}

function sameKey(table: UndoRow['table'], row: EncodedRow, key: EncodedRow): boolean {
  // The schema lists key columns in the order of the table, as `keys` does.
  return table.keys.every((place, i) => row[place] === key[i]);
}
