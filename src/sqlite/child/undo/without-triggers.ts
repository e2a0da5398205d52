// Runs work while the triggers of some tables do not exist. Inside a transaction, so that a crash brings them back.

import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import { quoteName } from '../../statements.ts';

/** Invariant: afterwards the triggers are what they were, text and order, or this throws and the caller rolls back. */
export function withoutTriggers<T>(db: DatabaseSync, tables: readonly string[], work: () => T): T {
  const names = new Set(tables.map((name) => name.toLowerCase()));
  const list = () =>
    db
      .prepare(
        "SELECT name, tbl_name AS tableName, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid",
      )
      .all()
      .map((row) => ({ name: String(row.name), table: String(row.tableName), sql: String(row.sql) }))
      .filter(({ table }) => names.has(table.toLowerCase()));
  const triggers = list();
  for (const { name } of triggers) db.exec(`DROP TRIGGER main.${quoteName(name)}`);
  const result = work();
  for (const { sql } of triggers) db.exec(sql);
  if (JSON.stringify(list()) !== JSON.stringify(triggers))
    throw new Failure('target/undo-unproven', 'the triggers of the tables did not come back as they were', {
      state: 'nothing was changed',
      fix: 'restore the backup taken before the step',
    });
  return result;
}
