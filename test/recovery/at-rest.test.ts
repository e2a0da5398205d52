// What a run has committed, or taken back, lies in the database file when it ends: who copies the file alone has it.

import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';

const job = (last: string): string => `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
targets:
  db: { driver: sqlite, path: app.db }
steps:
  - { id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }
${last}
`;
const schema =
  "PRAGMA journal_mode=WAL; CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada');";

test('after a success, after a rollback, and after a late one', async () => {
  await using run = cli();
  run
    .database('app.db', schema)
    .file('job.yaml', job(''))
    .file('fails.yaml', job('  - { id: no, assert: "${{ 1 == 2 }}", message: no }'));
  const alone = (): unknown => {
    copyFileSync(run.path('app.db'), run.path('copy.db'));
    return run.query('copy.db', 'SELECT name FROM users');
  };
  assert.equal((await run.run(['run', 'job.yaml'])).exitCode, 0);
  assert.equal(alone(), 'ADA');
  const late = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(late.exitCode, 0, late.stderr);
  assert.doesNotMatch(late.stderr, /others may have written/);
  assert.equal(alone(), 'Ada');
  assert.equal((await run.run(['run', 'fails.yaml'])).exitCode, 6);
  assert.equal(alone(), 'Ada');
});
