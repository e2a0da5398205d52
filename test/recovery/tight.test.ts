// A file system with little room: what the run took is enough for taking it back, and the end is said where not even the
// lease can be emptied.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { cannotMount, mountSmall } from '../backup/support.ts';
import { cli } from '../support/cli.ts';

const schema = `
  PRAGMA journal_mode=WAL;
  CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 25000) INSERT INTO notes SELECT x, hex(randomblob(40)) FROM n;
  PRAGMA wal_checkpoint(TRUNCATE);
`;
const job = (step: string): string => `
apiVersion: belay/v1
name: job
title: A job
description: Fails after its change.
targets:
  db: { driver: sqlite, path: small/app.db }
steps:
${step}
  - { id: no, assert: "\${{ 1 == 2 }}", message: wanted }
`;
const content = 'SELECT sum(length(text)) FROM notes';

test('taking rows back takes no more room than changing them did', { skip: cannotMount() }, async (t) => {
  const run = cli();
  mountSmall(t, run.path('small'), 6);
  run
    .database('small/app.db', schema)
    .file(
      'job.yaml',
      job(
        '  - { id: x, action: sqlite.execute, with: { target: db, sql: "UPDATE notes SET text = text || 1" } }',
      ),
    );
  const before = run.query('small/app.db', content);
  const result = await run.run(['run', 'job.yaml']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.equal(run.query('small/app.db', content), before);
});

test('a lease that cannot be emptied hides neither the outcome nor the state of the data, and the next run takes it', {
  skip: cannotMount(),
}, async (t) => {
  const run = cli();
  mountSmall(t, run.path('small'), 6);
  run.database('small/app.db', schema).file(
    'job.yaml',
    job(`
  - { id: change, if: "\${{ 1 == 2 }}", action: sqlite.execute, with: { target: db, sql: DELETE FROM notes } }
  - { id: fill, action: command.run, rollback: none, reason: a test, with: { shell: "cat /dev/zero > small/rest || true" } }`),
  );
  const result = await run.run(['run', 'job.yaml']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(result.stderr, /could not be emptied/);
  assert.match(result.stderr, /`db` is as before/);
  const full = await run.run(['run', 'job.yaml']);
  assert.match(full.stderr.replaceAll(/\s+/g, ' '), /the disk is full .*fix make some room in/);
  rmSync(run.path('small/rest'));
  const next = await run.run(['run', 'job.yaml']);
  assert.equal(next.exitCode, 6, next.stderr);
});
