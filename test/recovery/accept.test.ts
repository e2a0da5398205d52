// What was accepted stays, whatever fails after it; what came after it is put back to there, and nothing is called as before.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const schema = `
  PRAGMA journal_mode=WAL;
  CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
  INSERT INTO notes VALUES (1, 'a'), (2, 'b');
`;
const head = `
apiVersion: belay/v1
name: job
title: A job
description: Accepts its first step.
params:
  database: { type: path, required: true, description: the database }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
`;
const execute = (id: string, sql: string, more = ''): string =>
  `  - { id: ${id}, action: sqlite.execute, with: { target: db, sql: "${sql}" }${more} }\n`;
const kept = execute('first', "UPDATE notes SET text = text || '1'", ', accept: true');
const rows = execute('second', "UPDATE notes SET text = text || '2'");
const alter = execute('second', 'ALTER TABLE notes ADD COLUMN more TEXT');
const never = '  - { id: never, assert: "${{ 1 > 2 }}", message: this never holds }\n';
const content = 'SELECT group_concat(text) FROM (SELECT * FROM notes ORDER BY id)';
const columns = "SELECT group_concat(name) FROM pragma_table_info('notes')";
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

async function failed(work: Cli, steps: string): Promise<string> {
  work.database('app.db', schema).file('job.yaml', head + steps + never);
  const result = await work.run(['run', 'job.yaml', '-p', 'database=app.db']);
  assert.equal(result.exitCode, 9, result.stderr);
  return flat(result.stderr);
}

for (const [how, second] of [
  ['by its rows', rows],
  ['from a backup of its own', alter],
] as const) {
  test(`a change after \`accept\` is put back ${how}; what was accepted stays, exit 9`, async () => {
    await using work = cli();
    const screen = await failed(work, kept + second);
    assert.equal(work.query('app.db', content), 'a1,b1');
    assert.equal(work.query('app.db', columns), 'id,text');
    assert.match(screen, /2 rows of `db` were changed until step `first` was accepted, and that stays/);
    assert.match(screen, /changed 2 rows changed \(first\) (put back 2 rows changed \(second\) )?backup/);
    assert.doesNotMatch(screen, /`db` is as before/);
    const shown = await work.run(['runs', 'show', 'last', '--output', 'json']);
    const steps = shown.json().steps as { id: string; state: string }[];
    assert.equal(steps.find(({ id }) => id === 'first')?.state, 'succeeded');
    assert.equal(steps.find(({ id }) => id === 'second')?.state, 'rolled-back');
    // By hand there is nothing more to put back, and it does not say otherwise.
    const again = await work.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(again.exitCode, 9, again.stderr);
    assert.equal(work.query('app.db', content), 'a1,b1');
  });
}

test('a step accepted before anything was changed leaves the database as before, exit 6', async () => {
  await using work = cli();
  const check = '  - { id: check, action: sqlite.check, with: { target: db }, accept: true }\n';
  work.database('app.db', schema).file('job.yaml', head + check + alter + never);
  const result = await work.run(['run', 'job.yaml', '-p', 'database=app.db']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.equal(work.query('app.db', columns), 'id,text');
});

test('the plan says that a change after `accept` gets a backup of its own', async () => {
  await using work = cli();
  work.database('app.db', schema).file('job.yaml', head + kept + rows);
  const { stdout, exitCode } = await work.run(['plan', 'job.yaml', '-p', 'database=app.db']);
  assert.equal(exitCode, 0);
  assert.match(
    flat(stdout),
    /change · backup: taken before the first change .* another one, of what step `first` accepted/,
  );
});
