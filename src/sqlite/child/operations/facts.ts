// What the open database says of itself.

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { DatabaseFacts } from '../../protocol.ts';
import { scalar } from '../connection.ts';
import type { Work } from '../work.ts';

export function facts({ connection }: Work): DatabaseFacts {
  const { db, path } = connection;
  const size = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const number = (pragma: string): number => Number(scalar(db, `PRAGMA ${pragma}`));
  const pageSize = number('page_size');
  return {
    sizeBytes: size(path),
    walBytes: size(`${path}-wal`),
    freeBytes: number('freelist_count') * pageSize,
    pageSize,
    pageCount: number('page_count'),
    journalMode: String(scalar(db, 'PRAGMA journal_mode')),
    encoding: String(scalar(db, 'PRAGMA encoding')),
    applicationId: number('application_id'),
    userVersion: number('user_version'),
    schemaHash: schemaHash({ connection }),
  };
}

/** Without what SQLite makes by itself: an ANALYZE must not make a plan stale. */
export function schemaHash({ connection }: Pick<Work, 'connection'>): string {
  const hash = createHash('sha256');
  const objects = connection.db.prepare(
    `SELECT type, name, tbl_name, sql FROM sqlite_schema
     WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
  );
  for (const { type, name, tbl_name, sql } of objects.iterate())
    hash.update(JSON.stringify([type, name, tbl_name, sql]));
  return hash.digest('hex');
}
