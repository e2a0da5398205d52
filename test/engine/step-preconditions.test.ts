// Preconditions of a step: met, it runs; unmet, nothing of it was done: exit 4, or 6 after a change, which is put back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';

const book = (limit: number): string => `
apiVersion: belay/v1
name: job
title: A job
description: Deletes when there is enough.
params:
  database: { type: path, required: true, description: the database }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
  - id: purge
    preconditions:
      - { id: enough, action: sqlite.query, with: { target: db, sql: "SELECT count(*) AS n FROM t" }, ensure: "\${{ self.row.n > ${limit} }}", message: too few rows }
    action: sqlite.execute
    with: { target: db, sql: "DELETE FROM t" }
`;

for (const [limit, exitCode, rows] of [
  [1, 0, 0],
  [5, 4, 3],
] as const) {
  test(`a precondition of a step that asks for more than ${limit} of 3 rows: exit ${exitCode}`, async () => {
    await using run = cli();
    run
      .database('app.db', 'CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)')
      .file('job.yaml', book(limit));
    const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
    assert.equal(result.exitCode, exitCode, result.stderr);
    assert.equal(run.query('app.db', 'SELECT count(*) FROM t'), rows);
    const shown = (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
    assert.match(JSON.stringify(shown.steps), /"enough"/);
  });
}
