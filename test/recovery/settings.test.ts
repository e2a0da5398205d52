// `sqlite.configure` has a way back: what a run set in the header of the file is as before after a failure, read back and
// said; what others have set since stays.

import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const head = `
apiVersion: belay/v1
name: job
title: A job
description: Sets something, then fails.
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
`;
const configure = (settings: string, more = ''): string =>
  `  - { id: configure, action: sqlite.configure, with: { target: db, ${settings} }${more} }\n`;
const sql = (id: string, text: string): string =>
  `  - { id: ${id}, action: sqlite.execute, with: { target: db, sql: "${text}" } }\n`;
const rows = sql('rows', 'UPDATE t SET v = v + 1');
const ddl = sql('ddl', 'CREATE TABLE later(x)');
const fail = '  - { id: fail, assert: "${{ 1 > 2 }}", message: this never holds }\n';
const all = (mode: string): string => `pageSize: 8192, autoVacuum: full, journalMode: ${mode}`;

const made = (mode: string): string =>
  `PRAGMA journal_mode = ${mode}; CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 1), (2, 2);`;

function settingsOf(run: Cli): string {
  const ask = (name: string) => run.query('app.db', `PRAGMA ${name}`);
  return [ask('journal_mode'), ask('auto_vacuum'), ask('page_size')].join();
}

const content = (run: Cli): unknown =>
  run.query('app.db', 'SELECT group_concat(v) || (SELECT count(*) FROM sqlite_schema) FROM t');

for (const [title, before, steps, proof] of [
  [
    'rows, out of WAL',
    'wal',
    rows + configure(all('delete')),
    /row by row; the settings of `db` were put back/,
  ],
  [
    'rows, into WAL',
    'delete',
    configure(all('wal')) + rows,
    /row by row; the settings of `db` were put back/,
  ],
  ['the schema, within WAL', 'wal', ddl + configure(all('wal')), /restored and proven; the settings of `db`/],
  [
    'the schema, into WAL',
    'delete',
    rows + configure(all('wal')) + ddl,
    /restored and proven; the settings of/,
  ],
  [
    'nothing else',
    'wal',
    configure(all('delete')),
    /content of the targets is as before; the settings of `db`/,
  ],
] as const) {
  test(`settings go back after a failure, beside a change of ${title}`, async () => {
    await using run = cli();
    run.database('app.db', made(before)).file('job.yaml', head + steps + fail);
    const state = content(run);
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, 6, result.stderr);
    assert.match(result.stderr.replaceAll(/\s+/g, ' '), proof);
    assert.match(result.stderr, /its settings were read back/);
    assert.equal(settingsOf(run), `${before},0,4096`);
    assert.equal(content(run), state);
    const shown = (await run.run(['runs', 'show', 'last', '--output', 'json'])).json();
    assert.equal(shown.state, 'rolled-back');
  });
}

test('a run that succeeded says what it set, and `belay rollback` sets it back later', async () => {
  await using run = cli();
  run.database('app.db', made('delete')).file('job.yaml', head + configure(all('wal')));
  const result = await run.run(['run', 'job.yaml']);
  assert.equal(result.exitCode, 0, result.stderr);
  const words = result.stderr.replaceAll(/\s+/g, ' ');
  assert.match(
    words,
    /changed db: journal_mode: delete → wal, auto_vacuum: none → full, page_size: 4096 → 8192/,
  );
  assert.equal(settingsOf(run), 'wal,1,8192');
  const preview = await run.run(['rollback', 'last', '--dry-run']);
  assert.match(preview.stdout, /setting page_size: 8192 → 4096/);
  assert.equal(settingsOf(run), 'wal,1,8192');
  const back = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(back.exitCode, 0, back.stderr);
  assert.equal(settingsOf(run), 'delete,0,4096');
});

test('what others have set since stays theirs, and is said', async () => {
  await using run = cli();
  run
    .database('app.db', made('delete'))
    .file('job.yaml', head + configure('pageSize: 8192, autoVacuum: full'));
  await run.run(['run', 'job.yaml']);
  run.database('app.db', 'PRAGMA page_size = 1024; VACUUM');
  const back = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(back.exitCode, 0, back.stderr);
  assert.match(back.stderr.replaceAll(/\s+/g, ' '), /others have set page_size: 4096 → 1024 of `db` since/);
  assert.equal(settingsOf(run), 'delete,0,1024');
});

test('settings stay where the runbook keeps what was done: abort, accept, point of no return', async () => {
  for (const [steps, exit, words] of [
    [
      configure(all('delete')) + fail.replace(' }\n', ', onFailure: abort }\n'),
      9,
      /settings of `db` were changed/,
    ],
    [configure(all('delete'), ', accept: true') + fail, 9, /settings of `db` were changed .* and kept/],
    [configure(all('delete'), ', rollback: none, reason: it is wanted') + fail, 9, /a point of no return/],
  ] as const) {
    await using run = cli();
    run.database('app.db', made('wal')).file('job.yaml', head + steps);
    const result = await run.run(['run', 'job.yaml']);
    assert.equal(result.exitCode, exit, result.stderr);
    assert.match(result.stderr.replaceAll(/\s+/g, ' '), words);
    assert.equal(settingsOf(run), 'delete,1,8192');
  }
});

test('settings that cannot go back are said, and are tried again by `belay rollback`', async () => {
  await using run = cli();
  const wait = '  - { id: pause, action: wait, with: { for: 2s } }\n';
  run
    .database('app.db', made('delete'))
    .file('job.yaml', head + rows + configure('journalMode: wal') + wait + fail);
  const going = run.start(['run', 'job.yaml', '--lock-wait', '100ms']);
  await going.waitFor(/ok +configure/);
  const reader = new DatabaseSync(run.path('app.db'));
  reader.prepare('SELECT count(*) FROM t').get();
  const result = await going.ended;
  assert.equal(result.exitCode, 7, result.stderr);
  assert.match(result.stderr.replaceAll(/\s+/g, ' '), /row by row; the settings of `db` did not go back/);
  assert.equal(run.query('app.db', 'SELECT group_concat(v) FROM t'), '1,2');
  reader.close();
  const back = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(back.exitCode, 0, back.stderr);
  assert.equal(settingsOf(run), 'delete,0,4096');
});
