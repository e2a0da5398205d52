// A database in memory with the schema of the open one and no rows: statements that follow a schema change are compiled
// against it, so that nothing has to run on the target to know what they would do.

import { DatabaseSync } from 'node:sqlite';
import type { Connection } from './connection.ts';
import { createGuard } from './guard.ts';
import { tableList } from './operations/schema.ts';

/** To be closed by the caller. */
export function emptyTwin(connection: Connection): Connection {
  const shadows = new Set(
    tableList(connection.db).flatMap((row) => (row.type === 'shadow' ? [row.name] : [])),
  );
  const db = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: false, defensive: true });
  const objects = connection.db
    .prepare(
      `SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid`,
    )
    .all();
  for (const { name, sql } of objects) {
    // A virtual table makes its own shadow tables.
    if (shadows.has(name)) continue;
    try {
      db.exec(String(sql));
    } catch {
      // What this SQLite cannot make again is missing here, and a statement that uses it then says so.
    }
  }
  return { ...connection, db, guard: createGuard(db) };
}
