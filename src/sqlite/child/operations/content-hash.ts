// Content hash v1 (docs/decisions/0003-content-hash.md): one sha256 over what a database says, whatever its pages look
// like. Reads inside one transaction; must never write, and never change what a value hashes to.

import { createHash, hash as hashOnce } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { forgetPages } from '../connection.ts';
import { readPragma } from './pragma.ts';
import { ambiguousText, createRowEncoder, type RowEncoder } from './row-encoder.ts';
import { createSum256 } from './sum-256.ts';

export interface ContentHashOptions {
  readonly onProgress?: (progress: { done: number; total: number; unit: 'tables'; message: string }) => void;
}

interface HashedTable {
  readonly name: string;
  readonly type: 'table' | 'virtual';
}

/** Page cache while hashing, in KiB: rows in primary key order jump about in the file. */
const cacheKib = 16_384;

/**
 * The content hash of the database that `connection` has open, hexadecimal.
 *
 * Equal before and after VACUUM, REINDEX, ANALYZE, a change of page size and a backup; different for any other change of
 * content. Joins a transaction that is open already, else makes its own.
 */
export function contentHash(connection: DatabaseSync, options: ContentHashOptions = {}): string {
  const ownTransaction = !connection.isTransaction;
  const cacheBefore = Number(readPragma(connection, 'cache_size'));
  connection.exec(`PRAGMA cache_size = -${cacheKib}`);
  forgetPages(connection);
  if (ownTransaction) connection.exec('BEGIN');
  try {
    return hashContent(connection, options);
  } finally {
    if (ownTransaction) connection.exec('ROLLBACK');
    connection.exec(`PRAGMA cache_size = ${cacheBefore}`);
  }
}

function hashContent(connection: DatabaseSync, options: ContentHashOptions): string {
  const digest = createHash('sha256');
  let encoder = createRowEncoder(digest);
  encoder.row([utf8('belay content hash 1')]);
  encoder.row([
    BigInt(Number(readPragma(connection, 'application_id'))),
    BigInt(Number(readPragma(connection, 'user_version'))),
  ]);
  const kinds = tableKinds(connection);
  for (const object of schemaObjects(connection)) {
    if (kinds.get(object.table) !== 'shadow') encoder.row(object.fields);
  }
  const tables = hashedTables(connection, kinds);
  encoder.end(tables.length);
  for (const [done, table] of tables.entries()) {
    options.onProgress?.({ done, total: tables.length, unit: 'tables', message: `hash ${table.name}` });
    encoder = hashTable(connection, table, encoder);
  }
  encoder.flush();
  return encoder.digest.digest('hex');
}

/** Sorted by (type, name); without sqlite_stat*, which only ANALYZE writes. */
function schemaObjects(connection: DatabaseSync) {
  const rows = connection
    .prepare(
      `SELECT tbl_name AS "table", CAST(type AS BLOB) AS type, CAST(name AS BLOB) AS name,
              CAST(tbl_name AS BLOB) AS owner, CAST(sql AS BLOB) AS sql
         FROM sqlite_schema
        WHERE sql IS NOT NULL AND sqlite_schema.name NOT GLOB 'sqlite_stat[0-9]'
        ORDER BY sqlite_schema.type, sqlite_schema.name`,
    )
    .all();
  return rows.map((row) => ({
    table: String(row.table),
    fields: [row.type, row.name, row.owner, row.sql],
  }));
}

function tableKinds(connection: DatabaseSync): Map<string, string> {
  const rows = connection.prepare(`SELECT name, type FROM pragma_table_list WHERE schema = 'main'`).all();
  return new Map(rows.map((row) => [String(row.name), String(row.type)]));
}

function hashedTables(connection: DatabaseSync, kinds: ReadonlyMap<string, string>): HashedTable[] {
  const names = connection
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_stat[0-9]' ORDER BY name`,
    )
    .all()
    .map((row) => String(row.name));
  return names
    .filter((name) => kinds.get(name) !== 'shadow')
    .map((name) => ({ name, type: kinds.get(name) === 'virtual' ? 'virtual' : 'table' }));
}

/** Returns the encoder to go on with: text that JavaScript cannot hold makes the table start again, read as bytes. */
function hashTable(connection: DatabaseSync, table: HashedTable, encoder: RowEncoder): RowEncoder {
  encoder.flush();
  const before = encoder.digest.copy();
  try {
    appendTable(connection, table, encoder, 'values');
    return encoder;
  } catch (error) {
    if (error !== ambiguousText) throw error;
    const again = createRowEncoder(before);
    appendTable(connection, table, again, 'bytes');
    return again;
  }
}

function appendTable(
  connection: DatabaseSync,
  table: HashedTable,
  encoder: RowEncoder,
  reading: 'values' | 'bytes',
): void {
  const columns = columnsOf(connection, table);
  encoder.row([utf8(table.name), ...columns.names.map(utf8)]);
  encoder.end(columns.names.length);
  if (columns.names.length === 0) return;
  const list = columns.names.map((name) => columnExpression(name, reading)).join(', ');
  const from = `SELECT ${list} FROM ${quote(table.name)}`;
  if (columns.key.length === 0) {
    appendMultiset(connection, from, encoder, reading);
    return;
  }
  const key = columns.key.map(quote);
  const isKeyed = key.map((name) => `${name} IS NOT NULL`).join(' AND ');
  const isNotKeyed = key.map((name) => `${name} IS NULL`).join(' OR ');
  const order = key.map((name) => `${name} COLLATE BINARY`).join(', ');
  appendOrdered(connection, `${from} WHERE ${isKeyed} ORDER BY ${order}`, encoder, reading);
  // A primary key of a rowid table may hold NULLs, also several times: those rows have no order.
  appendMultiset(connection, `${from} WHERE ${isNotKeyed}`, encoder, reading);
}

function appendOrdered(
  connection: DatabaseSync,
  sql: string,
  encoder: RowEncoder,
  reading: 'values' | 'bytes',
): void {
  let count = 0;
  for (const row of iterate(connection, sql)) {
    encoder.row(row, reading);
    count++;
  }
  encoder.end(count);
}

function appendMultiset(
  connection: DatabaseSync,
  sql: string,
  encoder: RowEncoder,
  reading: 'values' | 'bytes',
): void {
  const sum = createSum256();
  const single = createRowEncoder(undefined);
  let count = 0;
  for (const row of iterate(connection, sql)) {
    single.row(row, reading);
    sum.add(hashOnce('sha256', single.take(), 'buffer'));
    count++;
  }
  encoder.row([sum.bytes()]);
  encoder.end(count);
}

function* iterate(connection: DatabaseSync, sql: string): Generator<readonly unknown[]> {
  const statement = connection.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  // node:sqlite's types know only rows as objects.
  yield* statement.iterate() as unknown as Iterable<readonly unknown[]>;
}

/** What is read of a table, and by which key. A virtual table's rowid is content; an ordinary one's implicit rowid is not. */
function columnsOf(connection: DatabaseSync, table: HashedTable): { names: string[]; key: string[] } {
  const rows = readColumns(connection, table);
  const names = rows.filter((row) => row.hidden === 0 || row.hidden === 3).map((row) => row.name);
  if (table.type === 'virtual') {
    const all = ['rowid', ...names].filter((name, i, list) => list.indexOf(name) === i);
    return { names: canRead(connection, table.name, all) ? all : names, key: [] };
  }
  const key = rows.filter((row) => row.position > 0).sort((a, b) => a.position - b.position);
  return { names, key: key.map((row) => row.name) };
}

function readColumns(connection: DatabaseSync, table: HashedTable) {
  try {
    return connection
      .prepare('SELECT name, pk, hidden FROM pragma_table_xinfo(?)')
      .all(table.name)
      .map((row) => ({ name: String(row.name), position: Number(row.pk), hidden: Number(row.hidden) }));
  } catch (error) {
    // A virtual table whose module is not in this SQLite: its shadow tables then count as ordinary ones, so nothing is lost.
    if (table.type === 'virtual') return [];
    throw error;
  }
}

function canRead(connection: DatabaseSync, table: string, columns: readonly string[]): boolean {
  try {
    connection.prepare(`SELECT ${columns.map(quote).join(', ')} FROM ${quote(table)}`);
    return true;
  } catch {
    return false;
  }
}

function columnExpression(name: string, reading: 'values' | 'bytes'): string {
  const column = quote(name);
  return reading === 'values'
    ? column
    : `typeof(${column}), CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}
