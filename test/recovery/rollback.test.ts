// A run that fails after it has changed something puts the database back, says so, and proves it by content.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cli } from '../support/cli.ts';

const schema = `
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE sessions(id TEXT PRIMARY KEY, user INTEGER REFERENCES users(id) ON DELETE CASCADE, expires_at TEXT);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50) INSERT INTO users SELECT x, 'user ' || x FROM n;
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 500)
    INSERT INTO sessions SELECT 's' || x, x % 50 + 1, '2026-01-' || (10 + x % 20) FROM n;
`;

const head = `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows, then fails.
params:
  database: { type: path, required: true, description: the database }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
`;

const change =
  '  - { id: change, action: sqlite.execute, with: { target: db, sql: "DELETE FROM sessions WHERE user < 20" } }';
const ddl =
  '  - { id: alter, action: sqlite.execute, with: { target: db, sql: "ALTER TABLE users ADD COLUMN age INTEGER" } }';
const fail = '  - { id: verify, assert: "${{ 1 > 2 }}", message: this never holds }';

function job(...steps: readonly string[]): string {
  return `${head}steps:\n${steps.join('\n')}\n`;
}

const content = 'SELECT group_concat(id || user || expires_at) FROM (SELECT * FROM sessions ORDER BY id)';

for (const mode of ['WAL', 'DELETE'] as const) {
  test(`rows are taken back after a failed step (${mode}), exit 6`, async () => {
    await using run = cli();
    run.database('app.db', `PRAGMA journal_mode=${mode}; ${schema}`).file('job.yaml', job(change, fail));
    const before = run.query('app.db', content);
    const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.equal(run.query('app.db', content), before);
    assert.match(result.stderr, /this never holds/);
    assert.match(result.stderr.replaceAll(/\s+/g, ' '), /`db` is as before/);
    const shown = (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
    assert.equal(shown.state, 'rolled-back');
  });

  test(`a change of the schema is put back from the backup (${mode}), exit 6`, async () => {
    await using run = cli();
    run.database('app.db', `PRAGMA journal_mode=${mode}; ${schema}`).file('job.yaml', job(change, ddl, fail));
    const before = run.query('app.db', content);
    const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.equal(run.query('app.db', content), before);
    assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
    assert.match(result.stderr.replaceAll(/\s+/g, ' '), /restored and proven/);
  });
}

test('a number set in the header of the file goes back too', async () => {
  await using run = cli();
  const version =
    '  - { id: version, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name); PRAGMA user_version = 7; PRAGMA application_id = 99" } }';
  run.database('app.db', `PRAGMA user_version = 3; ${schema}`).file('job.yaml', job(change, version, fail));
  const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(result.stderr.replaceAll(/\s+/g, ' '), /restored and proven/);
  assert.equal(run.query('app.db', 'PRAGMA user_version'), 3);
  assert.equal(run.query('app.db', 'PRAGMA application_id'), 0);
  assert.equal(run.query('app.db', "SELECT count(*) FROM users WHERE name LIKE 'USER%'"), 50);
  assert.equal(run.query('app.db', "SELECT count(*) FROM users WHERE name GLOB 'USER*'"), 0);
});

test('a backup is taken before the first change, without the runbook asking for it', async () => {
  await using run = cli();
  run.database('app.db', schema).file('job.yaml', job(change));
  const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  const { backups } = (await run.run(['backup', 'list', '--path', 'app.db', '--output', 'json'])).json();
  assert.deepEqual(
    (backups as { label: string }[]).map(({ label }) => label),
    ['pre-operation'],
  );
});

test('a backup that the run took itself serves, when nobody has written since', async () => {
  await using run = cli();
  const backup = '  - { id: backup, action: backup.create, with: { target: db, label: daily } }';
  run.database('app.db', schema).file('job.yaml', job(backup, change));
  await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
  const { backups } = (await run.run(['backup', 'list', '--path', 'app.db', '--output', 'json'])).json();
  assert.equal((backups as unknown[]).length, 1);
});

test('a run that fails before its first change leaves everything alone, exit 6', async () => {
  await using run = cli();
  run.database('app.db', schema).file('job.yaml', job(fail, change));
  const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
  assert.equal(result.exitCode, 6);
  assert.match(result.stderr, /nothing of this run was committed/);
});

test('`onFailure: abort` keeps what was done and names the backup, exit 9', async () => {
  await using run = cli();
  run.database('app.db', schema).file('job.yaml', job(change, `${fail.slice(0, -2)}, onFailure: abort }`));
  const before = run.query('app.db', content);
  const result = await run.run(['run', 'job.yaml', '-p', 'database=app.db']);
  assert.equal(result.exitCode, 9, result.stderr);
  assert.notEqual(run.query('app.db', content), before);
  assert.match(result.stderr, /bak-/);
});

test("others' rows stay when ours are taken back", async () => {
  await using run = cli();
  const wait = '  - { id: pause, action: wait, with: { for: 2s } }';
  run.database('app.db', `PRAGMA journal_mode=WAL; ${schema}`).file('job.yaml', job(change, wait, fail));
  const going = run.start(['run', 'job.yaml', '-p', 'database=app.db']);
  await going.waitFor(/rows changed/);
  run.database('app.db', "INSERT INTO users VALUES (999, 'somebody else')");
  const result = await going.ended;
  assert.equal(result.exitCode, 6, result.stderr);
  assert.equal(run.query('app.db', 'SELECT count(*) FROM sessions'), 500);
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 999'), 'somebody else');
});

test('a row that others have changed since stops the rollback, all or nothing, exit 7', async () => {
  await using run = cli();
  const update =
    '  - { id: change, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }';
  const wait = '  - { id: pause, action: wait, with: { for: 2s } }';
  run.database('app.db', `PRAGMA journal_mode=WAL; ${schema}`).file('job.yaml', job(update, wait, fail));
  const going = run.start(['run', 'job.yaml', '-p', 'database=app.db']);
  await going.waitFor(/rows changed/);
  run.database('app.db', "UPDATE users SET name = 'theirs' WHERE id = 7");
  const result = await going.ended;
  assert.equal(result.exitCode, 7, result.stderr);
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 7'), 'theirs');
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 8'), 'USER 8');
  assert.match(result.stderr, /run\/rollback-conflict|others have changed/);
});

test('Ctrl-C after a commit puts the database back, exit 130', async () => {
  await using run = cli();
  const wait = '  - { id: pause, action: wait, with: { for: 60s } }';
  run.database('app.db', schema).file('job.yaml', job(change, wait));
  const before = run.query('app.db', content);
  const going = run.start(['run', 'job.yaml', '-p', 'database=app.db']);
  await going.waitFor(/rows changed/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  going.child.kill('SIGINT');
  const result = await going.ended;
  assert.equal(result.exitCode, 130, result.stderr);
  assert.equal(run.query('app.db', content), before);
});
