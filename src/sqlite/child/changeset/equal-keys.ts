// Tables in which two keys may be written differently and yet be the same to SQLite: `a` and `A` under NOCASE, 5 and 5.0
// in a column without a type. A session tells them apart, and finds the row of one by the other.

import type { DatabaseSync } from 'node:sqlite';
import { quoteName } from '../../statements.ts';

export function tablesWithEqualKeys(db: DatabaseSync, tables: readonly string[]): string[] {
  return tables.filter((table) =>
    db
      .prepare(
        `SELECT 1 FROM pragma_index_list(:name) AS list, pragma_index_xinfo(list.name) AS part
         JOIN pragma_table_xinfo(:name) AS col ON col.cid = part.cid
         WHERE list.origin = 'pk' AND part.key = 1 AND (part.coll <> 'BINARY' OR (
           col.type NOT LIKE '%INT%' AND col.type NOT LIKE '%CHAR%' AND col.type NOT LIKE '%CLOB%' AND col.type NOT LIKE '%TEXT%'
           AND (col.type = '' OR col.type LIKE '%BLOB%')))
         LIMIT 1`,
      )
      .get({ name: table }),
  );
}

export function countRows(db: DatabaseSync, tables: readonly string[]): Map<string, number> {
  return new Map(
    tables.map((table) => [
      table,
      Number(db.prepare(`SELECT count(*) AS n FROM main.${quoteName(table)}`).get()?.n),
    ]),
  );
}
