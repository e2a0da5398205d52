// Fixtures and stubs of an environment, as a person declares them: what stands for databases where nothing is really run.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const runbook = (name: string, more = '') => `apiVersion: belay/v1
name: ${name}
title: Of a test
description: Of a test.
targets: { db: { driver: sqlite, path: ./data/app.db } }
steps:
  - id: ask
    action: command.run
    with: { argv: [touch, ./ran] }
    stub: { stdout: "1", exitCode: 0 }
  - id: change
    action: sqlite.execute
    with:
      target: db
      statements: [{ sql: "DELETE FROM items WHERE id <= :n", params: { n: "\${{ int(steps.ask.stdout) }}" } }]
${more}`;

const sql = `-- A dump: children before parents.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tags(item REFERENCES items(id), tag);
INSERT INTO tags VALUES (50, 'a; b');
CREATE TABLE items(id INTEGER PRIMARY KEY, name);
WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO items SELECT i, 'x' FROM n;
CREATE TRIGGER t AFTER DELETE ON items BEGIN UPDATE items SET name = 'y' WHERE id = old.id + 1; END;
COMMIT;
PRAGMA journal_mode = WAL;
`;

function environment(text: string): string {
  return `apiVersion: belay/v1\nenvironments:\n  ci:\n${text.replace(/^/gm, '    ')}\n`;
}

async function rehearse(work: Cli, name = 'work') {
  const result = await work.run(['run', name, '--rehearse', '--env', 'ci', '--output', 'json']);
  assert.match(result.rawStdout, /^\{/, result.rawStderr);
  return result.json() as {
    exitCode: number;
    findings?: { code: string; message: string; file: string; line: number; fix?: string }[];
    targets: { path: string; effects?: { tables: { table: string; removed: number }[] } }[];
  };
}

test('a rehearsal in an environment works on its fixture and with its stubs, and speaks of the declared path', async () => {
  await using work = cli();
  work
    .file('runbooks/work.yaml', runbook('work'))
    .file('test/app.sql', sql)
    .file('belay.yaml', environment('fixtures: { db: ./test/app.sql }\nstubs: { ask: { stdout: "10" } }'));
  const files = work.list();
  const report = await rehearse(work);
  assert.equal(report.exitCode, 0);
  assert.equal(report.targets[0]?.path, work.path('data/app.db'));
  // The stub of the environment said 10, that of the step 1.
  assert.equal(report.targets[0]?.effects?.tables[0]?.removed, 10);
  assert.equal(JSON.stringify(report).includes('fixtures'), false);
  assert.deepEqual(work.list(), files);
});

test('a fixture may be a database, which is only read', async () => {
  await using work = cli();
  work
    .file('runbooks/work.yaml', runbook('work'))
    .database('test/app.db', sql.replace(/^INSERT INTO tags.*$/m, ''))
    .file('belay.yaml', environment('fixtures: { db: ./test/app.db }'));
  const before = statSync(work.path('test/app.db'), { bigint: true }).mtimeNs;
  const report = await rehearse(work);
  assert.equal(report.targets[0]?.effects?.tables[0]?.removed, 1);
  assert.equal(statSync(work.path('test/app.db'), { bigint: true }).mtimeNs, before);
  assert.deepEqual(work.list(), ['belay.yaml', 'runbooks', 'runbooks/work.yaml', 'test', 'test/app.db']);
});

test('what is declared for one runbook goes before what is declared for all', async () => {
  await using work = cli();
  work
    .file('runbooks/work.yaml', runbook('work'))
    .file('runbooks/other.yaml', runbook('other'))
    .file('test/app.sql', sql)
    .file(
      'belay.yaml',
      environment(`fixtures:
  db: ./test/app.sql
  other/db: { sql: "CREATE TABLE items(id INTEGER PRIMARY KEY); INSERT INTO items VALUES (1), (2), (3)" }
stubs: { ask: { stdout: "10" }, other/ask: { stdout: "2" } }`),
    );
  assert.equal((await rehearse(work)).targets[0]?.effects?.tables[0]?.removed, 10);
  assert.equal((await rehearse(work, 'other')).targets[0]?.effects?.tables[0]?.removed, 2);
});

test('a run never takes fixtures or stubs', async () => {
  await using work = cli();
  work
    .file('runbooks/work.yaml', runbook('work'))
    .file('test/app.sql', sql)
    .file('belay.yaml', environment('fixtures: { db: ./test/app.sql }\nstubs: { ask: { stdout: "10" } }'));
  const { exitCode, stderr } = await work.run(['run', 'work', '--env', 'ci', '--non-interactive']);
  assert.equal(exitCode, 4);
  assert.match(stderr, /data\/app\.db/);
});

const broken: readonly (readonly [
  what: string,
  fixture: string,
  code: string,
  message: RegExp,
  line: number,
])[] = [
  ['is not there', 'no.sql', 'drill/bad-fixture', /`no\.sql` does not exist/, 4],
  ['is a folder', 'runbooks', 'drill/bad-fixture', /is not an ordinary file/, 4],
  ['does not compile', 'bad.sql', 'drill/bad-fixture', /near "CREAT": syntax error/, 3],
  ['opens another file', 'attach.sql', 'drill/bad-fixture', /ATTACH opens another file/, 2],
  ['breaks a rule at run time', 'twice.sql', 'drill/bad-fixture', /UNIQUE/, 2],
];
for (const [what, fixture, code, message, line] of broken)
  test(`a fixture that ${what} is an error at its place, and nothing is left`, async () => {
    await using work = cli();
    work
      .file('runbooks/work.yaml', runbook('work'))
      .file('bad.sql', 'CREATE TABLE a(b);\n-- A remark.\nCREAT TABLE c(d);\n')
      .file('attach.sql', "CREATE TABLE a(b);\nATTACH './x.db' AS x;\n")
      .file('twice.sql', 'CREATE TABLE a(b PRIMARY KEY);\nINSERT INTO a VALUES (1), (1);\n')
      .file('belay.yaml', environment(`fixtures: { db: ${fixture} }`));
    const files = work.list();
    const { findings, exitCode } = await rehearse(work);
    assert.equal(exitCode, 3);
    assert.equal(findings?.[0]?.code, code);
    assert.match(findings?.[0]?.message ?? '', message);
    assert.equal(findings?.[0]?.line, line, findings?.[0]?.file);
    assert.deepEqual(work.list(), files);
  });

const stubs: readonly (readonly [stub: string, message: RegExp])[] = [
  ['{ ask: { stdou: "1" } }', /`command\.run` has no output `stdou`/],
  [
    '{ ask: { exitCode: zero } }',
    /output `exitCode` of `command\.run` is a number, but the stub gives a text/,
  ],
  ['{ change: { changes: 1 } }', /step `change` has no effect outside the targets/],
];
for (const [stub, message] of stubs)
  test(`a stub that does not fit is an error at its place: ${stub}`, async () => {
    await using work = cli();
    work.file('runbooks/work.yaml', runbook('work')).file('belay.yaml', environment(`stubs: ${stub}`));
    const { findings, exitCode } = await rehearse(work);
    assert.equal(exitCode, 3);
    assert.equal(findings?.[0]?.code, 'drill/bad-stub');
    assert.match(findings?.[0]?.message ?? '', message);
    assert.equal(findings?.[0]?.file, 'belay.yaml');
    assert.equal(findings?.[0]?.line, 4);
  });

test('declared backups are there before the run, each with its own content, time and id', async () => {
  await using work = cli();
  work
    .file(
      'runbooks/back.yaml',
      `apiVersion: belay/v1
name: back
title: Of a test
description: Of a test.
targets: { db: { driver: sqlite, path: ./app.db } }
steps:
  - { id: find, action: backup.find, with: { target: db, before: "2026-02-01T00:00:00Z", verify: full } }
  - { id: restore, action: backup.restore, with: { target: db, backup: "\${{ steps.find.backup }}" } }
  - id: same
    assert: \${{ steps.find.backup.id == "bak-20260101-000000-0001" }}
outputs: { id: "\${{ steps.find.backup.id }}" }
`,
    )
    .file(
      'belay.yaml',
      environment(`fixtures: { db: { sql: "CREATE TABLE a(b); INSERT INTO a VALUES (1)" } }
backups:
  db:
    - { from: { sql: "CREATE TABLE a(b); INSERT INTO a VALUES (2), (3)" }, at: "2026-01-01T00:00:00Z" }
    - { from: { sql: "CREATE TABLE a(b)" }, at: "2026-03-01T00:00:00Z", label: later }`),
    );
  const report = await rehearse(work, 'back');
  assert.equal(report.exitCode, 0, JSON.stringify(report));
  assert.deepEqual(report.targets[0]?.effects?.tables, [{ table: 'a', added: 2, changed: 0, removed: 1 }]);
});
