// Scratch targets: made by the run, used like any database, gone at its end, and nobody else's business.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';

const head = `apiVersion: belay/v1
name: scratch
title: Work in a scratch database
description: Counts in a database of its own.
targets:
  work: { driver: sqlite, scratch: true }
  db: { driver: sqlite, path: ./app.db }
`;

const counting = `${head}steps:
  - id: make
    action: sqlite.execute
    with:
      target: work
      statements:
        - sql: CREATE TABLE numbers(n INTEGER PRIMARY KEY)
        - sql: INSERT INTO numbers VALUES (1), (2), (3)
  - id: count
    action: sqlite.query
    with: { target: work, sql: SELECT count(*) AS n FROM numbers }
  - id: keep
    action: sqlite.execute
    with: { target: db, statements: [{ sql: "INSERT INTO t VALUES (:n)", params: { n: "\${{ steps.count.value }}" } }] }
outputs: { counted: "\${{ steps.count.value }}", at: "\${{ target.work.path }}" }
`;

test('a scratch target is an empty database of the run, and is gone afterwards', async () => {
  await using work = cli();
  work.database('app.db', 'CREATE TABLE t(n)').file('scratch.yaml', counting);
  const result = await work.run(['run', 'scratch.yaml', '--output', 'json']);
  assert.equal(result.exitCode, 0, result.rawStderr);
  assert.equal(work.query('app.db', 'SELECT n FROM t'), 3);
  const events = result.lines();
  const { outputs } = events.find(({ type }) => type === 'outputs-decided') as { outputs: { at: string } };
  assert.match(outputs.at, /\/tmp\/run-[^/]+\/targets\/work\.db$/);
  assert.deepEqual(
    work.list().filter((name) => name.includes('work')),
    [],
  );
  const ofTarget = events.filter(({ target, type }) => target === 'work' && type !== 'process-started');
  assert.deepEqual(ofTarget, [], 'no lease, no backup, no commit of it is recorded');
  assert.ok(events.some(({ target, type }) => target === 'db' && type === 'backup-created'));
});

test('a failure puts the others back; the scratch target needs nothing', async () => {
  await using work = cli();
  work
    .database('app.db', 'CREATE TABLE t(n)')
    .file('scratch.yaml', counting.replace('outputs:', '  - { id: no, assert: "${{ 1 > 2 }}" }\noutputs:'));
  const { exitCode, stdout, stderr } = await work.run(['run', 'scratch.yaml']);
  assert.equal(exitCode, 6, stdout + stderr);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM t'), 0);
});

test('a plan says of a scratch target that the run makes it, and `show` knows it', async () => {
  await using work = cli();
  work.database('app.db', 'CREATE TABLE t(n)').file('scratch.yaml', counting);
  const plan = await work.run(['plan', 'scratch.yaml']);
  assert.equal(plan.exitCode, 0, plan.stdout + plan.stderr);
  assert.match(plan.stdout, /`work` is made by the run/);
  const show = await work.run(['show', 'scratch.yaml']);
  assert.equal(show.exitCode, 0);
  assert.match(show.stdout, /work .*scratch/);
});

test('a rehearsal makes scratch targets too', async () => {
  await using work = cli();
  work.database('app.db', 'CREATE TABLE t(n)').file('scratch.yaml', counting);
  const { exitCode, stdout, stderr } = await work.run(['run', 'scratch.yaml', '--rehearse']);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stdout, /t: 1 row added/);
});

test('scratch targets and an approval exclude one another', async () => {
  await using work = cli();
  work.file(
    'scratch.yaml',
    counting.replace('  - id: keep', '  - id: keep\n    approval: { message: Sure?, approvers: [a] }'),
  );
  const { exitCode, stdout, stderr } = await work.run(['validate', 'scratch.yaml']);
  assert.equal(exitCode, 3);
  assert.match(stdout + stderr, /runbook\/scratch-waits/);
});

test('a run that lost its scratch targets is not resumed', async () => {
  await using work = cli();
  work
    .database('app.db', 'CREATE TABLE t(n)')
    .file(
      'scratch.yaml',
      counting.replace('  - id: keep', '  - { id: stay, action: wait, with: { for: 10m } }\n  - id: keep'),
    );
  const running = work.start(['run', 'scratch.yaml', '--output', 'json']);
  await running.waitFor(/"attempt-started".*"stay"|"step":"stay"/);
  running.child.kill('SIGKILL');
  await running.ended;
  const { exitCode, stderr } = await work.run(['resume', 'last']);
  assert.equal(exitCode, 4, stderr);
  assert.match(stderr, /run\/scratch-gone/);
});
