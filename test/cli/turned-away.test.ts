// A start that was refused says what to do, and is not taken for the last run of its database.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';

const job = `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
targets: { db: { driver: sqlite, path: app.db } }
steps:
  - { id: change, action: sqlite.execute, with: { target: db, sql: "UPDATE t SET x = x + 1" } }
  - { id: pause, action: wait, with: { for: 8s } }
`;

test('who waits is told at once for whom; a refused start names no run of its own, and is passed over', async () => {
  await using work = cli();
  work.database('app.db', 'CREATE TABLE t(x); INSERT INTO t VALUES (1);').file('job.yaml', job);
  const going = work.start(['run', 'job.yaml']);
  await going.waitFor(/1 row changed/);
  const refused = await work.run(['run', 'job.yaml', '--lock-wait', '300ms', '--result', 'result.json']);
  assert.equal(refused.exitCode, 4, refused.stderr);
  assert.match(refused.stderr, /^waiting {3}waiting for run-<id> of /m);
  assert.doesNotMatch(refused.stderr, /^next/m);
  assert.deepEqual((JSON.parse(work.read('result.json')) as { leases: unknown }).leases, []);
  assert.equal((await going.ended).exitCode, 0);
  const last = (await work.run(['runs', 'show', 'last', '--output', 'json'])).json();
  assert.equal(last.state, 'succeeded');
  const status = await work.run(['status', 'app.db']);
  assert.match(status.stdout, /last run {2}job succeeded/);
  const done = await work.run(['run', 'job.yaml', '--result', 'result.json', '--lock-wait', '0s']);
  assert.equal(done.exitCode, 0, done.stderr);
  assert.deepEqual((JSON.parse(work.read('result.json')) as { leases: unknown }).leases, []);
});
