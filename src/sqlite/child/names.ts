// Names of tables and columns that come from a runbook, checked against the live schema.

import type { DatabaseSync } from 'node:sqlite';
import { nearestName } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';

/** A table or column of the database; SQLite compares names without case. */
export function checkName(db: DatabaseSync, name: string): void {
  const known = new Set<string>();
  for (const { table, column } of db
    .prepare(
      `SELECT s.name AS "table", x.name AS "column" FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS x
       WHERE s.type IN ('table', 'view')`,
    )
    .all()) {
    known.add(String(table)).add(String(column));
  }
  if (has(known, name)) return;
  throw missing(
    'sqlite/unknown-name',
    `\`${name}\` is neither a table nor a column of the database`,
    name,
    known,
  );
}

/** The table or view of that name, as the schema spells it. */
export function checkTable(db: DatabaseSync, name: string): string {
  const row = db
    .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE")
    .get(name);
  if (row) return String(row.name);
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").all();
  throw missing(
    'sqlite/no-such-table',
    `the database has no table \`${name}\``,
    name,
    names.map((known) => String(known.name)),
  );
}

function has(known: ReadonlySet<string>, name: string): boolean {
  return known.has(name) || [...known].some((other) => other.toLowerCase() === name.toLowerCase());
}

function missing(
  code: 'sqlite/unknown-name' | 'sqlite/no-such-table',
  message: string,
  name: string,
  known: Iterable<string>,
): Failure {
  const near = nearestName(name, known);
  return new Failure(code, message, {
    state: 'nothing was run',
    fix: near ? `did you mean \`${near}\`?` : 'look at the schema: `sqlite3 FILE .schema`',
  });
}
