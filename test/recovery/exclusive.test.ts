// Runs on a target that nobody else may use: what others see, what the run may rely on, what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';
import { holder } from '../target/sqlite/support.ts';

const schema = "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada');";
const alter =
  '  - { id: alter, action: sqlite.execute, with: { target: db, sql: "ALTER TABLE users ADD COLUMN age INTEGER" } }';
const accept = '  - { id: accept, action: sqlite.check, with: { target: db }, accept: true }';
const fail = '  - { id: verify, assert: "${{ 1 > 2 }}", message: this never holds }';
const write =
  "new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec(`INSERT INTO users(name) VALUES ('other')`)";

/** Another program that writes to the database at this moment. */
function other(id: string, path: string, exitCode: number): string {
  const argv = JSON.stringify([process.execPath, '-e', write, path]);
  return `  - { id: ${id}, action: command.run, with: { argv: ${argv}, exitCodes: [${exitCode}] } }`;
}

function job(...steps: readonly string[]): string {
  return `
apiVersion: belay/v1
name: job
title: A job
description: Changes the schema.
targets:
  db: { driver: sqlite, path: app.db, exclusive: true }
steps:
${steps.join('\n')}
`;
}

for (const mode of ['WAL', 'DELETE']) {
  test(`others are kept out from the first change to \`accept\`, not before and not after (${mode})`, async () => {
    await using run = cli();
    const path = run.path('app.db');
    const steps = [
      other('before', path, 0),
      alter,
      other('during', path, 1),
      accept,
      other('after', path, 0),
    ];
    run.database('app.db', `PRAGMA journal_mode=${mode}; ${schema}`).file('job.yaml', job(...steps));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 3);
    assert.equal(run.query('app.db', 'PRAGMA journal_mode'), mode.toLowerCase());
  });

  test(`a change of the schema is put back inside the span, and others go on (${mode})`, async () => {
    await using run = cli();
    const path = run.path('app.db');
    run
      .database('app.db', `PRAGMA journal_mode=${mode}; ${schema}`)
      .file('job.yaml', job(alter, other('during', path, 1), fail));
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.match(result.stderr.replaceAll(/\s+/g, ' '), /restored and proven/);
    assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
    run.database('app.db', "INSERT INTO users(name) VALUES ('later')");
    assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 2);
  });

  test(`who uses the target is named before anything is started, exit 4 (${mode})`, async (t) => {
    await using run = cli();
    run.database('app.db', `PRAGMA journal_mode=${mode}; ${schema}`).file('job.yaml', job(alter));
    const holding = await holder(t, run.path('app.db'), 'BEGIN; SELECT * FROM users');
    const result = await run.run(['run', 'job.yaml', '--lock-wait', '100ms']);
    assert.equal(result.exitCode, 4, result.stderr);
    assert.match(result.stderr, /target\/in-use/);
    assert.match(result.rawStderr.replaceAll(/\s+/g, ' '), new RegExp(`pid ${holding.pid}`));
    assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
  });
}

test('the journal mode is changed inside the span, and others are let in after `accept`', async () => {
  await using run = cli();
  const path = run.path('app.db');
  const steps = [
    alter,
    '  - { id: mode, action: sqlite.configure, with: { target: db, journalMode: wal } }',
    other('during', path, 1),
    accept,
    other('after', path, 0),
  ];
  run.database('app.db', schema).file('job.yaml', job(...steps));
  const result = await run.run(['run', 'job.yaml']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(run.query('app.db', 'PRAGMA journal_mode'), 'wal');
});

test('larger works go on while others are kept away', async () => {
  await using run = cli();
  const path = run.path('app.db');
  const steps = [
    '  - { id: migrate, action: sqlite.migrate, with: { target: db, from: migrations } }',
    other('during', path, 1),
    '  - { id: prune, action: sqlite.prune, with: { target: db, table: users, where: "id > 1", archive: { to: kept } } }',
    '  - { id: vacuum, action: sqlite.vacuum, with: { target: db } }',
    '  - { id: keep, action: backup.create, with: { target: db } }',
    fail,
  ];
  run
    .database('app.db', `PRAGMA journal_mode=WAL; ${schema}`)
    .file(
      'migrations/001_more.sql',
      "INSERT INTO users VALUES (2, 'Bea'); ALTER TABLE users ADD COLUMN age INTEGER;",
    )
    .file('job.yaml', job(...steps));
  const result = await run.run(['run', 'job.yaml']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 1);
});

test('a service may use an exclusive target until the run stops it', async (t) => {
  await using run = cli();
  run.database('app.db', `PRAGMA journal_mode=WAL; ${schema}`);
  const holding = await holder(t, run.path('app.db'), 'SELECT * FROM users');
  const stop = JSON.stringify({
    start: ['true'],
    stop: ['kill', '-9', String(holding.pid)],
    status: ['sh', '-c', `test -d /proc/${holding.pid} && ! grep -q "^State:.Z" /proc/${holding.pid}/status`],
  });
  const steps = [`  - { id: stop, action: service.stop, with: { command: ${stop}, releases: [db] } }`, alter];
  run.file('job.yaml', job(...steps));
  const result = await run.run(['run', 'job.yaml']);
  assert.equal(result.exitCode, 0, result.stderr);
});

test('an exclusive target goes neither with `touches` nor with an approval after its change', async () => {
  await using run = cli();
  const touching = '  - { id: touch, action: command.run, with: { argv: ["true"], touches: [db] } }';
  const ask = '  - { id: ask, approval: { message: "Go on?", approvers: [ada] } }';
  run
    .database('app.db', schema)
    .file('job.yaml', job(ask.replace('id: ask', 'id: first'), touching, alter, ask));
  const result = await run.run(['validate', 'job.yaml']);
  assert.equal(result.exitCode, 3, result.stderr);
  const said = result.stdout + result.stderr;
  assert.equal(said.match(/error\[runbook\/exclusive-conflict\]/g)?.length, 2, said);
  assert.match(said, /step `touch` lets a program write/);
  assert.match(said, /step `ask` waits for an approval/);
});
