// Whether a transaction can be taken back by rows: which tables it writes, whether their rows can be named, and
// whether the record would fit into memory.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { formatSize } from '../../base/index.ts';
import { quoteName } from '../statements.ts';
import { tablesWithEqualKeys } from './changeset/equal-keys.ts';
import { estimateRows } from './estimate-rows.ts';
import type { Observed } from './guard.ts';
import { describeTable } from './operations/schema.ts';

export interface ChangesetPlan {
  /** Written tables, also through triggers and cascades. */
  readonly tables: readonly string[];
  /** Of those, the ones whose rows are counted before and after: what a session records of them may be more than is so. */
  readonly counted?: readonly string[];
  /** Why no changeset is kept; absent: one is. */
  readonly reason?: string;
}

/**
 * Larger changes keep no changeset. On its way to the journal one exists about six times, in SQLite, in this process, in
 * the pipe and in the engine, and all processes together stay under 250 MB (docs/decisions/0009 has the figures).
 */
export const maxChangesetBytes = 16 * 2 ** 20;

export function tooLarge(bytes: number): string {
  return `its rows are about ${formatSize(bytes)}, more than the ${formatSize(maxChangesetBytes)} that are kept`;
}

export function planChangeset(
  db: DatabaseSync,
  observed: Observed,
  pieces: readonly { readonly sql: string; readonly bound: readonly SQLInputValue[] }[],
): ChangesetPlan {
  const tables = [
    ...new Set([...observed.writes].map((write) => write.slice(write.indexOf(' ') + 1))),
  ].sort();
  if (observed.isSchemaChange) return { tables, reason: 'it changes the schema' };
  if (observed.isHeaderChange) return { tables, reason: 'it sets `user_version` or `application_id`' };
  if (observed.isTemporaryChange) return { tables, reason: 'it works with temporary tables' };
  for (const table of tables) {
    const reason = withoutKey(db, table);
    if (reason) return { tables, reason };
  }
  const bytes = estimateBytes(db, tables, pieces);
  if (bytes > maxChangesetBytes) return { tables, reason: tooLarge(bytes) };
  // What only goes cannot come as another.
  const growing = tables.filter((table) =>
    ['insert', 'update'].some((kind) => observed.writes.has(`${kind} ${table}`)),
  );
  return { tables, counted: tablesWithEqualKeys(db, growing) };
}

/** Rows of such tables cannot be named again. */
function withoutKey(db: DatabaseSync, name: string): string | undefined {
  if (name.startsWith('sqlite_')) return undefined;
  const table = describeTable(db, name);
  if (!table) return `table \`${name}\` is not in the schema`;
  // What its INSTEAD OF triggers write is named beside it.
  if (table.kind === 'view') return undefined;
  if (table.kind !== 'table') return `\`${name}\` is a ${table.kind} table`;
  const key = table.columns.filter((column) => column.primaryKey > 0);
  if (key.length === 0) return `table \`${name}\` has no primary key`;
  // A session takes 5 and 5.0 for two keys: what it inserted and changed again, it then records as a deleted row that
  // was never there (measured, SQLite 3.53.4).
  return key.some(({ type }) => hasRealAffinity(type))
    ? `table \`${name}\` has a primary key of type REAL, which SQLite records wrongly`
    : undefined;
}

function hasRealAffinity(type: string): boolean {
  return /REAL|FLOA|DOUB/i.test(type) && !/INT|CHAR|CLOB|TEXT|BLOB/i.test(type);
}

/** SQLite lets a primary key hold NULL, unless the table is WITHOUT ROWID; a session leaves such rows out in silence. */
export function assertKeysNotNull(db: DatabaseSync, tables: readonly string[]): string | undefined {
  for (const name of tables) {
    const table = describeTable(db, name);
    if (table?.kind !== 'table' || table.isWithoutRowid) continue;
    const key = table.columns.filter((column) => column.primaryKey > 0);
    const isRowid = key.length === 1 && key[0]?.type.toUpperCase() === 'INTEGER';
    const nullable = key.filter((column) => column.isNullable);
    if (isRowid || nullable.length === 0) continue;
    const test = nullable.map((column) => `${quoteName(column.name)} IS NULL`).join(' OR ');
    if (db.prepare(`SELECT 1 FROM main.${quoteName(name)} WHERE ${test} LIMIT 1`).get())
      return `table \`${name}\` has rows whose primary key is NULL`;
  }
  return undefined;
}

function estimateBytes(
  db: DatabaseSync,
  tables: readonly string[],
  pieces: readonly { readonly sql: string; readonly bound: readonly SQLInputValue[] }[],
): number {
  const pages = db
    .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
    .get();
  // No statement can change more rows than there are, and each is kept once; only INSERT makes new ones.
  const whole = Number(pages?.bytes);
  const rows = pieces.map((piece) => estimateRows(db, piece.sql, piece.bound));
  if (whole <= maxChangesetBytes && rows.every((estimate) => estimate.kind !== 'insert-select')) return whole;
  const ordinary = tables.filter((table) => !table.startsWith('sqlite_'));
  let bytes = 0;
  for (const estimate of rows) {
    for (const table of ordinary) {
      // What triggers and cascades write is not in the statement's WHERE.
      const isOwn = estimate.table?.toLowerCase() === table.toLowerCase() || ordinary.length === 1;
      const count = (isOwn ? estimate.rows : undefined) ?? countRows(db, table);
      bytes += count * meanRowBytes(db, table);
    }
  }
  return bytes;
}

function countRows(db: DatabaseSync, table: string): number {
  return Number(db.prepare(`SELECT count(*) AS rows FROM main.${quoteName(table)}`).get()?.rows);
}

/** Old and new values and SQLite's own bookkeeping, from the first thousand rows. */
function meanRowBytes(db: DatabaseSync, table: string): number {
  const columns = describeTable(db, table)?.columns ?? [];
  const sum = columns
    .map((column) => `coalesce(length(CAST(${quoteName(column.name)} AS BLOB)), 0)`)
    .join(' + ');
  const row = db
    .prepare(
      `SELECT avg(size) AS mean FROM (SELECT ${sum || '0'} AS size FROM main.${quoteName(table)} LIMIT 1000)`,
    )
    .get();
  return (Number(row?.mean) || 64) + 64;
}
