// A program changes a database that its step does not name in `touches`: Belay sees it in the database, and says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cli, type CliResult, cli } from '../support/cli.ts';

const script =
  "const d = new (require('node:sqlite').DatabaseSync)('app.db'); d.exec('DELETE FROM users WHERE id = 1')";

async function ran(run: Cli, mode: string, program: string, steps: string): Promise<CliResult> {
  run
    .database(
      'app.db',
      `PRAGMA journal_mode=${mode}; CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada'), (2, 'Bo');`,
    )
    .file('tool.cjs', script)
    .file('nothing.cjs', '')
    .file(
      'job.yaml',
      `
apiVersion: belay/v1
name: job
title: A job
description: Runs a program.
targets:
  db: { driver: sqlite, path: app.db }
steps:
  - { id: look, action: sqlite.query, with: { target: db, sql: SELECT count(*) AS n FROM users } }
  - { id: tool, action: command.run, with: { argv: ["${process.execPath}", ${program}] } }
${steps}
`,
    );
  return run.run(['run', 'job.yaml']);
}

const change =
  '  - { id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }\n';
const no = '  - { id: no, assert: "${{ 1 == 2 }}", message: wanted }\n';
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

for (const mode of ['WAL', 'DELETE']) {
  test(`a program that writes unasked is seen, and no sentence says that nothing was changed (${mode})`, async () => {
    await using run = cli();
    await using other = cli();
    const good = await ran(run, mode, 'tool.cjs', '');
    assert.equal(good.exitCode, 0, good.stderr);
    assert.match(flat(good.stderr), /does not name it in `touches`.*\[run\/undeclared-write\]/);
    assert.doesNotMatch(good.stderr, /no data was changed/);
    assert.match(
      flat(good.stderr),
      /`db` was also written to while the program of step `tool` ran, which does not declare it/,
    );

    const failed = await ran(other, mode, 'tool.cjs', no);
    assert.equal(failed.exitCode, 6, failed.stderr);
    assert.doesNotMatch(failed.stderr, /as before/);
    const listed = (await other.run(['runs', 'show', 'last', '--output', 'json'])).json();
    assert.deepEqual(listed.writtenMeanwhile, [{ target: 'db', step: 'tool' }]);
  });
}

test('beside a change that is taken back, what the program wrote is still said', async () => {
  await using run = cli();
  const result = await ran(run, 'WAL', 'tool.cjs', change + no);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(flat(result.stderr), /taken back, row by row; `db` was also written to while/);
  assert.equal(run.query('app.db', 'SELECT group_concat(name) FROM users'), 'Bo');
});

test('a program that writes nothing is not suspected', async () => {
  await using run = cli();
  const result = await ran(run, 'WAL', 'nothing.cjs', '');
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stderr, /no data was changed/);
  assert.doesNotMatch(result.stderr, /undeclared-write/);
});
