// Ctrl-C while a run is being rolled back: the first one changes nothing, a second one leaves the rest to `belay rollback`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cli } from '../support/cli.ts';

const job = `
apiVersion: belay/v1
name: job
title: A job
description: Its undo takes long.
targets:
  db: { driver: sqlite, path: app.db }
steps:
  - id: outside
    action: command.run
    with: { argv: ["true"] }
    rollback: { action: command.run, with: { shell: "test -e quick || sleep 60" } }
  - { id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = 'X'" } }
  - { id: no, assert: "\${{ 1 == 2 }}", message: wanted }
`;

test('Ctrl-C in a rollback: the first goes unheeded, so does its double; a later one leaves the rest for later', async () => {
  await using run = cli();
  run
    .database(
      'app.db',
      "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada');",
    )
    .file('job.yaml', job);
  const going = run.start(['run', 'job.yaml']);
  await going.waitFor(/proved +db: 1 row taken back/);
  going.child.kill('SIGINT');
  await going.waitFor(/SIGINT +the rollback goes on/);
  going.child.kill('SIGINT');
  await going.waitFor(/SIGINT: run run-\S+ is being rolled back; ending it now/);
  await sleep(1600);
  going.child.kill('SIGINT');
  const left = await going.ended;
  assert.equal(left.exitCode, 7, left.stderr);
  assert.match(left.stderr, /the rollback of run run-<id> is left unfinished/);
  assert.match(left.stderr, /next {6}belay rollback run-<id>/);
  run.file('quick', '');
  const back = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(back.exitCode, 0, back.stderr);
  assert.equal(run.query('app.db', 'SELECT name FROM users'), 'Ada');
});
