// Tables, columns, keys and indexes, as SQLite's own PRAGMAs tell them.

import type { DatabaseSync } from 'node:sqlite';
import type { ColumnSchema, DatabaseSchema, ForeignKey, TableSchema } from '../../../target/schema.ts';
import type { Work } from '../work.ts';

type Row = Record<string, unknown>;

export function schema({ connection }: Work): DatabaseSchema {
  return { tables: tableList(connection.db).map((row) => describe(connection.db, row)) };
}

export function describeTable(db: DatabaseSync, name: string): TableSchema | undefined {
  const row = tableList(db).find((table) => String(table.name).toLowerCase() === name.toLowerCase());
  return row && describe(db, row);
}

/** Everything in the database but SQLite's own tables, by name. */
export function tableList(db: DatabaseSync): Row[] {
  return db
    .prepare(
      `SELECT name, type, wr FROM pragma_table_list
       WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all();
}

function describe(db: DatabaseSync, row: Row): TableSchema {
  const name = String(row.name);
  return {
    name,
    kind: kinds[String(row.type)] ?? 'table',
    isWithoutRowid: row.wr === 1,
    columns: columnsOf(db, name),
    foreignKeys: foreignKeysOf(db, name),
    indexes: indexesOf(db, name),
  };
}

const kinds: Readonly<Record<string, TableSchema['kind']>> = {
  table: 'table',
  view: 'view',
  virtual: 'virtual',
  shadow: 'shadow',
};

function columnsOf(db: DatabaseSync, table: string): ColumnSchema[] {
  // hidden: 1 = hidden column of a virtual table, 2 and 3 = generated, virtual and stored.
  return db
    .prepare(
      'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid',
    )
    .all(table)
    .map((column) => ({
      name: String(column.name),
      type: String(column.type),
      isNullable: column.notnull === 0,
      primaryKey: Number(column.pk),
      isGenerated: Number(column.hidden) >= 2,
    }));
}

function foreignKeysOf(db: DatabaseSync, table: string): ForeignKey[] {
  const keys = new Map<
    number,
    { columns: string[]; parent: string; parentColumns: string[]; onDelete: string }
  >();
  for (const row of db
    .prepare('SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq')
    .all(table)) {
    const parent = String(row.table);
    const key = keys.get(Number(row.id)) ?? {
      columns: [],
      parent,
      parentColumns: [],
      onDelete: String(row.on_delete),
    };
    key.columns.push(String(row.from));
    // Without named columns a key refers to the primary key of the parent.
    key.parentColumns.push(
      row.to === null ? (primaryKeyOf(db, parent)[key.columns.length - 1] ?? 'rowid') : String(row.to),
    );
    keys.set(Number(row.id), key);
  }
  return [...keys.values()];
}

export function primaryKeyOf(db: DatabaseSync, table: string): string[] {
  return db
    .prepare('SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk')
    .all(table)
    .map((row) => String(row.name));
}

function indexesOf(db: DatabaseSync, table: string): TableSchema['indexes'] {
  return db
    .prepare('SELECT name, "unique" AS isUnique FROM pragma_index_list(?) ORDER BY name')
    .all(table)
    .map((index) => ({
      name: String(index.name),
      // An expression has no name.
      columns: db
        .prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno')
        .all(String(index.name))
        .map((column) => (column.name === null ? '(expression)' : String(column.name))),
      isUnique: index.isUnique === 1,
    }));
}
