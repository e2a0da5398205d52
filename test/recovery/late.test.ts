// A run that is over, or died, is put back or gone on with later, from its journal alone.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const schema = `
  PRAGMA journal_mode=WAL;
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300) INSERT INTO users SELECT x, 'user ' || x FROM n;
`;

const head = `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
params:
  database: { type: path, required: true, description: the database }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
`;
const shout =
  '  - { id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }\n';
const alter =
  '  - { id: alter, action: sqlite.execute, with: { target: db, sql: "ALTER TABLE users ADD COLUMN age INTEGER" } }\n';
const pause = '  - { id: pause, action: wait, with: { for: 60s } }\n';
const drop =
  '  - { id: drop, action: sqlite.execute, with: { target: db, sql: "DELETE FROM users WHERE id > 200" } }\n';

const content = 'SELECT group_concat(id || name) FROM (SELECT * FROM users ORDER BY id)';
const args = ['-p', 'database=app.db'];

async function ran(run: Cli, steps: string): Promise<unknown> {
  run.database('app.db', schema).file('job.yaml', head + steps);
  const before = run.query('app.db', content);
  const result = await run.run(['run', 'job.yaml', ...args]);
  assert.equal(result.exitCode, 0, result.stderr);
  return before;
}

/** Runs to the pause and dies there. */
async function killed(run: Cli, steps: string): Promise<unknown> {
  run.database('app.db', schema).file('job.yaml', head + steps);
  const before = run.query('app.db', content);
  const going = run.start(['run', 'job.yaml', ...args]);
  await going.waitFor(/300 rows changed/);
  going.child.kill('SIGKILL');
  await going.ended;
  return before;
}

test('a run that succeeded is put back row by row, after its name was typed', async () => {
  await using run = cli();
  const before = await ran(run, shout + drop);
  const refused = await run.run(['rollback', 'last']);
  assert.equal(refused.exitCode, 4, refused.stderr);
  const result = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(run.query('app.db', content), before);
  const again = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(again.exitCode, 4, again.stderr);
});

test('a run that changed the schema is put back from its backup', async () => {
  await using run = cli();
  const before = await ran(run, shout + alter);
  const result = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(run.query('app.db', content), before);
  assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
});

test('`--dry-run` counts the rows that would go back, and changes nothing', async () => {
  await using run = cli();
  await ran(run, shout + drop);
  const after = run.query('app.db', content);
  const result = await run.run(['rollback', 'last', '--dry-run']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /users: \d+ rows back/);
  assert.equal(run.query('app.db', content), after);
  const shown = (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
  assert.equal(shown.state, 'succeeded');
});

test('rows that others have changed since: listed, kept with `--keep-conflicts`, overwritten with `--discard-foreign-writes`', async () => {
  for (const [flag, name] of [
    ['--keep-conflicts', 'theirs'],
    ['--discard-foreign-writes', 'user 7'],
  ] as const) {
    await using run = cli();
    await ran(run, shout);
    run.database('app.db', "UPDATE users SET name = 'theirs' WHERE id = 7");
    const stopped = await run.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(stopped.exitCode, 7, stopped.stderr);
    assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 8'), 'USER 8');
    const result = await run.run(['rollback', 'last', '--confirm', 'app.db', flag]);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 7'), name);
    assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 8'), 'user 8');
  }
});

test('a killed run is put back by `belay rollback`', async () => {
  await using run = cli();
  const before = await killed(run, shout + pause + drop);
  const result = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(run.query('app.db', content), before);
});

test('a killed run that changed the schema is put back from its backup', async () => {
  await using run = cli();
  const before = await killed(run, alter + shout + pause + drop);
  const result = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.doesNotMatch(result.stderr, /others/, 'nobody else has written');
  assert.equal(run.query('app.db', content), before);
  assert.equal(run.query('app.db', "SELECT count(*) FROM pragma_table_info('users')"), 2);
});

test('what others have written since and a restore takes away is said, and can be had back', async () => {
  await using run = cli();
  await killed(run, alter + shout + pause + drop);
  run.database('app.db', "INSERT INTO users(id, name) VALUES (9999, 'theirs')");
  const discard = ['--confirm', 'app.db', '--discard-foreign-writes'];
  // A log that the writer has emptied by closing tells no more than that somebody may have written.
  const dry = await run.run(['rollback', 'last', '--dry-run', '--discard-foreign-writes']);
  assert.match(dry.stdout, /would be restored .*; others (may )?have written since/);
  const result = await run.run(['rollback', 'last', ...discard]);
  assert.equal(result.exitCode, 0, result.stderr);
  const [, kept = ''] =
    /others (?:may )?have written to it since: what it held then is backup `(bak-[^`]+)`/.exec(
      result.rawStderr.replaceAll(/\s+/g, ' '),
    ) ?? [];
  assert.equal(run.query('app.db', 'SELECT count(*) FROM users WHERE id = 9999'), 0);
  const restored = await run.run(['backup', 'restore', kept, '--path', 'app.db', '--confirm', 'app.db']);
  assert.equal(restored.exitCode, 0, restored.stderr);
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 9999'), 'theirs');
});

test('a killed run is gone on with by `belay resume`: what was done is not done again', async () => {
  await using run = cli();
  await killed(run, shout + pause.replace('60s', '1s') + drop);
  const result = await run.run(['resume', 'last']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 200);
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 3'), 'USER 3');
  const shown = (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
  assert.equal(shown.state, 'succeeded');
});

test('a run is not gone on with when what it had committed was taken away: exit 7', async () => {
  await using run = cli();
  const before = await killed(run, shout + pause.replace('60s', '1s') + drop);
  // The child ends after its engine, and empties no log when it is killed.
  await run.run(['status']);
  for (const part of ['-wal', '-shm']) rmSync(`${run.path('app.db')}${part}`, { force: true });
  assert.equal(run.query('app.db', content), before, 'the commit was in the log');
  const result = await run.run(['resume', 'last']);
  assert.equal(result.exitCode, 7, result.stderr);
  assert.match(result.stderr, /is not in the database any\s+more\s+\[run\/commit-lost\]/);
  const back = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(back.exitCode, 0, back.stderr);
  assert.equal(run.query('app.db', content), before);
});

test('a resumed run that fails is put back to before its first process', async () => {
  await using run = cli();
  const fail = '  - { id: never, assert: "${{ 1 > 2 }}" }\n';
  const before = await killed(run, shout + pause.replace('60s', '1s') + drop + fail);
  const result = await run.run(['resume', 'last']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.equal(run.query('app.db', content), before);
});

test('a run that has ended is not resumed', async () => {
  await using run = cli();
  await ran(run, shout);
  const result = await run.run(['resume', 'last']);
  assert.equal(result.exitCode, 4);
  assert.match(result.stderr, /run\/not-resumable/);
});

test('a resumed run uses the runbook as it was pinned, whatever the file says now', async () => {
  await using run = cli();
  await killed(run, shout + pause.replace('60s', '1s') + drop);
  run.file('job.yaml', 'not a runbook any more');
  const result = await run.run(['resume', 'last']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 200);
});

test('a prune that is put back renames its archive', async () => {
  await using run = cli();
  const prune =
    '  - { id: old, action: sqlite.prune, with: { target: db, table: users, where: id > 200, archive: { to: ./archives } } }\n';
  const before = await ran(run, prune);
  assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 200);
  const result = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(run.query('app.db', content), before);
  assert.match(run.list().join('\n'), /archives\/.*rolled-back/);
});

test('a plan is stale once a migration has been edited', async () => {
  await using run = cli();
  const migrate = '  - { id: migrate, action: sqlite.migrate, with: { target: db, from: ./migrations } }\n';
  run
    .database('app.db', schema)
    .file('job.yaml', head + migrate)
    .file('migrations/001_age.sql', 'ALTER TABLE users ADD COLUMN age INTEGER;');
  const planned = await run.run(['plan', 'job.yaml', ...args, '--out', 'plan.json']);
  assert.equal(planned.exitCode, 0, planned.stderr + planned.stdout);
  run.file('migrations/001_age.sql', 'ALTER TABLE users ADD COLUMN age TEXT;');
  const result = await run.run(['run', '--plan', 'plan.json']);
  assert.equal(result.exitCode, 4, result.stderr);
  assert.match(result.stderr.replaceAll(/\s+/g, ' '), /plan\/stale.*001_age.sql|001_age.sql.*changed/);
});

test('a restore that would take away what a later run did needs a word, and names that run', async () => {
  await using run = cli();
  await ran(run, alter);
  const first = await run.run(['runs', 'show', 'last', '--output', 'json']);
  const { id } = JSON.parse(first.rawStdout) as { id: string };
  run.file('next.yaml', head.replace('name: job', 'name: next') + shout + alter.replace('age', 'size'));
  assert.equal((await run.run(['run', 'next.yaml', ...args])).exitCode, 0);
  const between = run.query('app.db', content);
  // Asked twice: what is proven once stays proven.
  for (const _ of ['first', 'second']) {
    const refused = await run.run(['rollback', id, '--confirm', 'app.db']);
    assert.equal(refused.exitCode, 7, refused.stderr);
    assert.match(
      refused.stderr.replaceAll(/\s+/g, ' '),
      /run `run-<id>` has changed it since, and a restore would lose that/,
    );
    assert.equal(run.query('app.db', content), between);
  }
  const result = await run.run(['rollback', id, '--confirm', 'app.db', '--discard-foreign-writes']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(
    result.stderr.replaceAll(/\s+/g, ' '),
    /others have written to it since: what it held then is backup/,
  );
});

test('writes of others that a rollback has proven are still proven to the next', async () => {
  await using run = cli();
  const argv = JSON.stringify([
    process.execPath,
    '-e',
    "new (require('node:sqlite').DatabaseSync)('app.db').exec(\"UPDATE users SET name = 'theirs' WHERE id = 1\")",
  ]);
  const others = `  - { id: others, action: command.run, with: { argv: ${argv} } }\n`;
  const never = '  - { id: never, assert: "${{ 1 > 2 }}", message: this never holds }\n';
  run.database('app.db', schema).file('job.yaml', head + alter + others + never);
  const failed = await run.run(['run', 'job.yaml', ...args]);
  assert.equal(failed.exitCode, 7, failed.stderr);
  const refused = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(refused.exitCode, 7, refused.stderr);
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 1'), 'theirs');
});

test('a backup that retention has removed since is not called the state before; nothing is touched', async () => {
  await using run = cli();
  await ran(run, alter);
  const removed = await run.run(['backup', 'list', '--path', 'app.db', '--output', 'json']);
  const [place] = /[^"]+\/bak-[^"/]+(?=")/.exec(removed.rawStdout) ?? [];
  assert.ok(place !== undefined, removed.rawStdout);
  rmSync(place, { recursive: true });
  const result = await run.run(['rollback', 'last', '--confirm', 'app.db', '--discard-foreign-writes']);
  assert.equal(result.exitCode, 7, result.stderr);
  const screen = result.stderr.replaceAll(/\s+/g, ' ');
  assert.match(screen, /and backup `bak-<id>` from before the first change is gone from `<folder>/);
  assert.doesNotMatch(screen, /the state before is backup|kept db as the run left it/);
});
