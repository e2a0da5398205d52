// Runbooks and databases that several command tests use.

import { type Cli, cli } from '../support/cli.ts';

export const readingRunbook = `apiVersion: belay/v1
name: look
title: Look at a database
description: Reads, and changes nothing.
params:
  database: { type: path, required: true, description: the database }
  least: { type: integer, default: 1 }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
  - { id: check, action: sqlite.check, with: { target: db, mode: quick } }
  - id: count
    action: sqlite.query
    with: { target: db, sql: SELECT count(*) AS n FROM entries }
    outputs: { n: "\${{ self.row.n }}" }
  - { id: enough, assert: "\${{ steps.count.n >= params.least }}", message: too few entries }
outputs: { entries: "\${{ steps.count.n }}" }
`;

export const changingRunbook = `apiVersion: belay/v1
name: purge
title: Purge old entries
params:
  database: { type: path, required: true }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
defaults: { onFailure: abort }
steps:
  - { id: backup, action: backup.create, with: { target: db } }
  - id: purge
    action: sqlite.execute
    with: { target: db, sql: DELETE FROM entries WHERE id > 50 }
`;

export const entriesSql = `CREATE TABLE entries(id INTEGER PRIMARY KEY, body TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
INSERT INTO entries SELECT i, 'entry ' || i FROM n;
PRAGMA journal_mode = WAL;`;

/** A project with a database of 200 entries, one runbook that reads and one that changes. */
export function project(): Cli {
  return cli()
    .file(
      'belay.yaml',
      'apiVersion: belay/v1\ntargets:\n  app: { driver: sqlite, path: ./app.db, maxBackupAge: 26h }\n',
    )
    .file('runbooks/look.yaml', readingRunbook)
    .file('runbooks/purge.yaml', changingRunbook)
    .database('app.db', entriesSql);
}
