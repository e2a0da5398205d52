// Reading a PRAGMA that answers with one value.

import type { DatabaseSync } from 'node:sqlite';

export function readPragma(connection: DatabaseSync, pragma: string): unknown {
  return Object.values(connection.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
}
