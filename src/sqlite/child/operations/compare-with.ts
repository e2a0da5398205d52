// What differs between the open database and an earlier copy of it: schema, and rows by table. Both are private copies,
// opened by a connection of its own without the guard of runbooks; rows stay in SQLite, only numbers come out.

import { DatabaseSync } from 'node:sqlite';
import type { SchemaChanges } from '../../../target/migration.ts';
import type { DatabaseDifference, TableDifference } from '../../../target/session.ts';
import type { Work } from '../work.ts';

type Side = 'main' | 'earlier';

export function compareWith({ connection, progress }: Work, { path }: { path: string }): DatabaseDifference {
  const db = new DatabaseSync(connection.path, { defensive: true, timeout: connection.busyTimeoutMs });
  try {
    db.prepare('ATTACH ? AS earlier').run(path);
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA temp_store = FILE; BEGIN');
    const names = [...new Set([...tablesOf(db, 'earlier'), ...tablesOf(db, 'main')])].sort();
    const tables = names.map((table, done) => {
      progress({ message: `compare ${table}`, done, total: names.length, unit: 'tables' });
      return compareTable(db, table);
    });
    return {
      schema: schemaChanges(db),
      tables: tables.filter(({ added, changed, removed }) => added + changed + removed > 0),
    };
  } finally {
    db.close();
  }
}

function compareTable(db: DatabaseSync, table: string): TableDifference {
  const [after, before] = [columnsOf(db, 'main', table), columnsOf(db, 'earlier', table)];
  if (before.names.length === 0) return { table, added: countOf(db, 'main', table), changed: 0, removed: 0 };
  if (after.names.length === 0)
    return { table, added: 0, changed: 0, removed: countOf(db, 'earlier', table) };
  const shared = after.names.filter((name) => before.names.includes(name));
  const isKeyed =
    after.key.length > 0 &&
    after.key.join('\0') === before.key.join('\0') &&
    !hasNullKey(db, 'main', table, after.key) &&
    !hasNullKey(db, 'earlier', table, after.key);
  return isKeyed ? byKey(db, table, after.key, shared) : asMultiset(db, table, shared);
}

/** The key is compared as its index does; a row that differs only in how its key is written has changed. */
function byKey(db: DatabaseSync, table: string, key: readonly string[], columns: readonly string[]) {
  const name = quote(table);
  const same = key.map((column) => `a.${quote(column)} = b.${quote(column)}`).join(' AND ');
  const only = (here: Side, there: Side) =>
    numberOf(
      db,
      `SELECT count(*) AS n FROM ${here}.${name} a WHERE NOT EXISTS (SELECT 1 FROM ${there}.${name} b WHERE ${same})`,
    );
  const differs = columns
    .map((column) => `${exact('a', column)} IS NOT ${exact('b', column)} OR ${kinds(column)}`)
    .join(' OR ');
  return {
    table,
    added: only('main', 'earlier'),
    removed: only('earlier', 'main'),
    changed: numberOf(
      db,
      `SELECT count(*) AS n FROM main.${name} a CROSS JOIN earlier.${name} b WHERE ${same} AND (${differs})`,
    ),
  };
}

/** Without a key a changed row is one removed and one added. */
function asMultiset(db: DatabaseSync, table: string, columns: readonly string[]): TableDifference {
  const list = columns.flatMap((column, i) => [
    `${quote(column)} COLLATE BINARY AS c${i}`,
    `typeof(${quote(column)}) AS t${i}`,
  ]);
  const group = columns.flatMap((_, i) => [`c${i}`, `t${i}`]).join(', ');
  const side = (schema: Side, sign: number) =>
    `SELECT ${list.join(', ')}, ${sign} AS side FROM ${schema}.${quote(table)}`;
  const found = db
    .prepare(
      `SELECT coalesce(sum(max(d, 0)), 0) AS added, coalesce(sum(max(-d, 0)), 0) AS removed
         FROM (SELECT sum(side) AS d FROM (${side('main', 1)} UNION ALL ${side('earlier', -1)}) GROUP BY ${group})`,
    )
    .get();
  return { table, added: Number(found?.added), changed: 0, removed: Number(found?.removed) };
}

/** Tables with rows of their own: no views, and no tables that belong to a virtual one. */
function tablesOf(db: DatabaseSync, schema: Side): string[] {
  return db
    .prepare(
      `SELECT name FROM pragma_table_list WHERE schema = ? AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all(schema)
    .map(({ name }) => String(name));
}

function columnsOf(db: DatabaseSync, schema: Side, table: string): { names: string[]; key: string[] } {
  const rows = db.prepare('SELECT name, pk, hidden FROM pragma_table_xinfo(?, ?)').all(table, schema);
  const key = rows.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk));
  return {
    names: rows.filter(({ hidden }) => hidden !== 1).map(({ name }) => String(name)),
    key: key.map(({ name }) => String(name)),
  };
}

/** A key of a rowid table may hold NULLs, also several times: then it is no key. */
function hasNullKey(db: DatabaseSync, schema: Side, table: string, key: readonly string[]): boolean {
  const isNull = key.map((column) => `${quote(column)} IS NULL`).join(' OR ');
  return numberOf(db, `SELECT EXISTS (SELECT 1 FROM ${schema}.${quote(table)} WHERE ${isNull}) AS n`) > 0;
}

function schemaChanges(db: DatabaseSync): SchemaChanges {
  const [before, after] = [objectsOf(db, 'earlier'), objectsOf(db, 'main')];
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after]
      .filter(([name, sql]) => before.has(name) && before.get(name) !== sql)
      .map(([name]) => name),
  };
}

function objectsOf(db: DatabaseSync, schema: Side): Map<string, string> {
  const rows = db
    .prepare(
      `SELECT type || ' ' || name AS name, sql FROM ${schema}.sqlite_schema
        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1`,
    )
    .all();
  return new Map(rows.map(({ name, sql }) => [String(name), String(sql)]));
}

function countOf(db: DatabaseSync, schema: Side, table: string): number {
  return numberOf(db, `SELECT count(*) AS n FROM ${schema}.${quote(table)}`);
}

function numberOf(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.n);
}

function exact(side: string, column: string): string {
  return `${side}.${quote(column)} COLLATE BINARY`;
}

function kinds(column: string): string {
  return `typeof(a.${quote(column)}) <> typeof(b.${quote(column)})`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
