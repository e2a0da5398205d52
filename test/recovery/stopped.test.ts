// A change of the schema, then a child that is ended by a time limit: nobody else wrote, which the file itself shows,
// so that the backup is put back without a person.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';

const schema = "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada');";
const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c';
const job = `
apiVersion: belay/v1
name: job
title: A job
description: Changes the schema, then never ends.
params:
  database: { type: path, required: true, description: the database }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
  - { id: alter, action: sqlite.execute, with: { target: db, sql: "ALTER TABLE users ADD COLUMN age INTEGER" } }
  - { id: read, action: sqlite.query, timeout: 500ms, with: { target: db, sql: "${endless}" } }
`;

for (const mode of ['WAL', 'DELETE']) {
  test(`a time limit after a change of the schema puts it back without a person (${mode})`, async () => {
    await using run = cli();
    run.database('app.db', `PRAGMA journal_mode=${mode}; ${schema}`).file('job.yaml', job);
    const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.match(result.stderr.replaceAll(/\s+/g, ' '), /restored and proven/);
    assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
  });
}
