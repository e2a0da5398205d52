// SQL as SQLite understands it, each text for itself: what another text declares must not colour it.

import { openSqlReader, type SqlReading } from '../sql/index.ts';

export function readSql(sql: string): SqlReading {
  using reader = openSqlReader();
  return reader.read(sql);
}
