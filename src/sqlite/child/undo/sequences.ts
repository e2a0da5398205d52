// `sqlite_sequence`: the last number that AUTOINCREMENT gave for each table. No session records it.

import type { DatabaseSync } from 'node:sqlite';
import type { SequenceValues } from '../../../target/undo.ts';
import { tokenize } from '../../statements.ts';

/**
 * Of the named tables that have a number; 0 where AUTOINCREMENT has given none yet. One beyond 2^53 is left out, and so
 * never put back.
 */
export function readSequences(db: DatabaseSync, tables: readonly string[]): SequenceValues {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get()) return {};
  const known = new Map(
    db
      .prepare('SELECT name, seq FROM sqlite_sequence', { readBigInts: true })
      .all()
      .map(({ name, seq }) => [String(name).toLowerCase(), seq]),
  );
  const values: Record<string, number> = {};
  for (const table of [...tables].sort()) {
    const value = known.get(table.toLowerCase());
    if (value === undefined ? hasAutoincrement(db, table) : Number.isSafeInteger(Number(value)))
      values[table] = Number(value ?? 0);
  }
  return values;
}

function hasAutoincrement(db: DatabaseSync, table: string): boolean {
  const row = db
    .prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE")
    .get(table);
  const sql = String(row?.sql);
  return tokenize(sql).some(
    ({ kind, start, end }) => kind === 'word' && sql.slice(start, end).toUpperCase() === 'AUTOINCREMENT',
  );
}

/**
 * Puts back each number that is still the one we left and was known before; every other stays as it is `now`, before
 * the undo wrote rows, also where a row that came back has raised it. Gives how many are not as they are now.
 */
export function putBackSequences(
  db: DatabaseSync,
  recorded: { readonly before: SequenceValues; readonly after: SequenceValues } | undefined,
  now: SequenceValues,
): number {
  const raised = readSequences(db, Object.keys(now));
  let count = 0;
  for (const [name, value] of Object.entries(now)) {
    const old = recorded?.before[name];
    const wanted = old !== undefined && recorded?.after[name] === value ? old : value;
    if (wanted !== value) count++;
    if (wanted === raised[name]) continue;
    db.prepare('DELETE FROM sqlite_sequence WHERE name = ?').run(name);
    if (wanted !== 0)
      db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, BigInt(wanted));
  }
  return count;
}
