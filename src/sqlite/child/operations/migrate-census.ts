// What is compared before and after a migration: every object of the schema, the rows of every table, and the columns
// that a foreign key may empty. Reads all of every table; called inside the write transaction.

import type { DatabaseSync } from 'node:sqlite';
import { quoteName } from '../../statements.ts';
import { tableList } from './schema.ts';

export interface Census {
  /** By name in lower case. Ordinary tables, without the ledger. */
  readonly tables: ReadonlyMap<string, TableCensus>;
  readonly objects: ReadonlyMap<string, SchemaObject>;
}

export interface TableCensus {
  readonly name: string;
  readonly rows: number;
  /** Values in columns that ON DELETE SET NULL or SET DEFAULT would take back: the sum over all such columns. */
  readonly links: number;
}

export interface SchemaObject {
  /** Such as `index items_by_name`. */
  readonly label: string;
  readonly kind: string;
  readonly table: string;
  readonly sql: string | null;
}

export function takeCensus(db: DatabaseSync, ledger: string): Census {
  const isLedger = (name: unknown): boolean => String(name).toLowerCase() === ledger.toLowerCase();
  const listed = tableList(db);
  const shadows = new Set(listed.flatMap((row) => (row.type === 'shadow' ? [row.name] : [])));
  const tables = new Map<string, TableCensus>();
  for (const { name, type } of listed)
    if (type === 'table' && !isLedger(name)) tables.set(String(name).toLowerCase(), count(db, String(name)));
  const objects = new Map<string, SchemaObject>();
  for (const row of db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').iterate()) {
    const [kind, name, table] = [String(row.type), String(row.name), String(row.tbl_name)];
    if (name.startsWith('sqlite_') || shadows.has(table) || isLedger(table)) continue;
    const sql = row.sql === null ? null : String(row.sql);
    objects.set(`${kind} ${name}`.toLowerCase(), { label: `${kind} ${name}`, kind, table, sql });
  }
  return { tables, objects };
}

function count(db: DatabaseSync, name: string): TableCensus {
  const links = db
    .prepare(
      `SELECT DISTINCT k."from" AS name, iif(k.on_delete = 'SET DEFAULT', coalesce(x.dflt_value, 'NULL'), 'NULL') AS empty
       FROM pragma_foreign_key_list(?1) AS k JOIN pragma_table_xinfo(?1) AS x ON x.name = k."from"
       WHERE k.on_delete IN ('SET NULL', 'SET DEFAULT')`,
    )
    .all(name)
    .map((column) => `total(${quoteName(String(column.name))} IS NOT (${String(column.empty)}))`);
  const row = db
    .prepare(
      `SELECT count(*) AS rows, ${links.length === 0 ? '0' : links.join(' + ')} AS links FROM main.${quoteName(name)}`,
    )
    .get();
  return { name, rows: Number(row?.rows), links: Number(row?.links) };
}

/** Rows whose foreign keys point nowhere, counted by child and parent; a key to a table that is gone counts as one more. */
export function countOrphans(db: DatabaseSync): Map<string, number> {
  const orphans = new Map<string, number>();
  const add = (child: unknown, parent: unknown): void => {
    const key = `\`${String(child)}\` refer to missing rows of \`${String(parent)}\``;
    orphans.set(key, (orphans.get(key) ?? 0) + 1);
  };
  for (const row of db.prepare('PRAGMA foreign_key_check').iterate()) add(row.table, row.parent);
  const dangling = db.prepare(
    `SELECT t.name AS child, k."table" AS parent FROM pragma_table_list AS t, pragma_foreign_key_list(t.name) AS k
     WHERE t.schema = 'main' AND t.type = 'table'
       AND NOT EXISTS (SELECT 1 FROM sqlite_schema AS s WHERE s.type = 'table' AND s.name = k."table" COLLATE NOCASE)`,
  );
  for (const row of dangling.iterate()) add(row.child, row.parent);
  return orphans;
}

/** Lower-case names of the tables that foreign keys of other tables, or their own, point to. */
export function parentTables(db: DatabaseSync): Set<string> {
  const rows = db.prepare(
    `SELECT DISTINCT lower(k."table") AS parent FROM pragma_table_list AS t, pragma_foreign_key_list(t.name) AS k
     WHERE t.schema = 'main' AND t.type = 'table'`,
  );
  return new Set(rows.all().map((row) => String(row.parent)));
}
