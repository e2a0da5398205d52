// What people do to the files of a run while it waits for them.

import assert from 'node:assert/strict';
import { copyFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';
import { entriesSql } from './support.ts';

const approval = `approval: { message: "Go?", approvers: ["${userInfo().username}"], preventSelfApproval: false }`;

const fix = `apiVersion: belay/v1
name: fix
targets:
  db: { use: app }
steps:
  - { id: ask, ${approval} }
  - { id: fix, action: sqlite.execute, with: { target: db, file: fix.sql } }
  - { id: migrate, action: sqlite.migrate, with: { target: db, from: migrations } }
`;

const project = (path: string) => `apiVersion: belay/v1
targets:
  app: { driver: sqlite, path: ${path} }
`;

async function waiting(): Promise<Cli> {
  const here = cli()
    .file('belay.yaml', project('app.db'))
    .file('runbooks/fix.yaml', fix)
    .file('fix.sql', "UPDATE entries SET body = 'fixed' WHERE id <= 3;")
    .file('migrations/0001_first.sql', 'CREATE TABLE first(id INTEGER PRIMARY KEY);')
    .database('app.db', entriesSql);
  const { stderr, exitCode } = await here.run(['run', 'fix', '--non-interactive']);
  assert.equal(exitCode, 8, stderr);
  return here;
}

const fixed = (here: Cli) => here.query('app.db', "SELECT count(*) FROM entries WHERE body = 'fixed'");
const tables = (here: Cli) =>
  here.query('app.db', "SELECT group_concat(name) FROM sqlite_schema WHERE name IN ('first', 'second')");

async function approveAndResume(here: Cli) {
  assert.equal((await here.run(['approve', 'last', '--yes'])).exitCode, 0);
  return here.run(['resume', 'last', '--non-interactive']);
}

describe('while a run waits', () => {
  test('SQL files and migrations that are edited or added change nothing of what was approved', async () => {
    await using here = await waiting();
    here
      .file('fix.sql', "UPDATE entries SET body = 'fixed'")
      .file('migrations/0001_first.sql', 'DROP TABLE entries')
      .file('migrations/0002_second.sql', 'CREATE TABLE second(id INTEGER PRIMARY KEY);');
    const { stderr, exitCode } = await approveAndResume(here);
    assert.equal(exitCode, 0, stderr);
    assert.equal(fixed(here), 3);
    assert.equal(tables(here), 'first');
  });

  test('files that are deleted keep it neither from going on nor from being put back', async () => {
    await using here = await waiting();
    for (const name of ['fix.sql', 'migrations', 'runbooks']) rmSync(here.path(name), { recursive: true });
    const { stderr, exitCode } = await approveAndResume(here);
    assert.equal(exitCode, 0, stderr);
    assert.equal(fixed(here), 3);
    const back = await here.run(['rollback', 'last', '--confirm', 'app.db']);
    assert.equal(back.exitCode, 0, back.stderr);
    assert.equal(fixed(here), 0);
  });

  test('another database in the place of its own is noticed: exit 4, and it still waits', async () => {
    await using here = await waiting();
    renameSync(here.path('app.db'), here.path('old.db'));
    copyFileSync(here.path('old.db'), here.path('app.db'));
    const { stderr, exitCode } = await approveAndResume(here);
    assert.equal(exitCode, 4);
    assert.match(stderr, /run\/target-replaced\]: `.*app\.db` is another file than the one that run/);
    assert.equal(fixed(here), 0);
    renameSync(here.path('old.db'), here.path('app.db'));
    assert.equal((await here.run(['resume', 'last', '--non-interactive'])).exitCode, 0);
    assert.equal(fixed(here), 3);
  });

  test('`cancel` ends it, frees its target, and lets it be started anew', async () => {
    await using here = await waiting();
    const { stderr, exitCode } = await here.run(['cancel', 'last']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /fix aborted in/);
    assert.ok(!here.list().some((name) => /inbox\/run-/.test(name)), 'nobody is asked any more');
    assert.equal((await here.run(['resume', 'last'])).exitCode, 4, 'it waits no more');
    assert.equal((await here.run(['run', 'fix', '--non-interactive'])).exitCode, 8);
  });

  test('`abandon` takes its question away too', async () => {
    await using here = await waiting();
    assert.ok(here.list().some((name) => /inbox\/run-/.test(name)));
    const { stderr, exitCode } = await here.run(['abandon', 'last', '--reason', 'not wanted']);
    assert.equal(exitCode, 0, stderr);
    assert.ok(!here.list().some((name) => /inbox\/run-/.test(name)));
  });

  test('a catalogue that names another database sends it nowhere else', async () => {
    await using here = await waiting();
    here.file('belay.yaml', project('other.db')).database('other.db', entriesSql);
    const { stderr, exitCode } = await approveAndResume(here);
    assert.equal(exitCode, 0, stderr);
    assert.equal(fixed(here), 3);
    assert.equal(here.query('other.db', "SELECT count(*) FROM entries WHERE body = 'fixed'"), 0);
  });
});

test('migrations behind symbolic links are pinned with the others', async () => {
  await using here = await waiting();
  const cancelled = await here.run(['cancel', 'last']);
  assert.equal(cancelled.exitCode, 0, cancelled.stderr);
  renameSync(here.path('migrations'), here.path('elsewhere'));
  here.file('linked/up.sql', 'CREATE TABLE second(id INTEGER PRIMARY KEY);').file('migrations/.keep', '');
  symlinkSync(here.path('linked'), here.path('migrations/0001_linked'));
  const { stderr, exitCode } = await here.run(['run', 'fix', '--non-interactive']);
  assert.equal(exitCode, 8, stderr);
  const done = await approveAndResume(here);
  assert.equal(done.exitCode, 0, done.stderr);
  assert.equal(tables(here), 'second');
});
