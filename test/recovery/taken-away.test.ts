// A program takes away what a run stands on: its journal, its lease, the file or the -wal of its target. The run notices,
// does nothing more, and never says that data is as before, or was changed, when it is not so.

import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { type Cli, type CliResult, cli } from '../support/cli.ts';

const schema = `
  PRAGMA journal_mode=WAL;
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300) INSERT INTO users SELECT x, 'user ' || x FROM n;
  CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000) INSERT INTO notes SELECT x, 'note ' || x FROM n;
`;

/** Changes rows, lets somebody do `deed`, and goes on. */
async function interfered(run: Cli, deed: string, last: string): Promise<CliResult> {
  run.database('app.db', schema).file(
    'job.yaml',
    `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
targets:
  db: { driver: sqlite, path: app.db }
steps:
  - { id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }
  - id: deed
    action: command.run
    with: { shell: "${deed}" }
    rollback: none
    reason: nothing of the run's own
${last}
`,
  );
  return run.run(['run', 'job.yaml']);
}

const again =
  '  - { id: again, action: sqlite.execute, with: { target: db, sql: "DELETE FROM users WHERE id > 200" } }';
const fail = '  - { id: no, assert: "${{ 1 == 2 }}", message: wanted }';

test('a state folder that is moved away stops the run before it commits anything unrecorded', async () => {
  await using run = cli();
  const result = await interfered(run, 'mv .belay elsewhere', again);
  assert.equal(result.exitCode, 7, result.stderr);
  assert.match(result.stderr, /journal\/gone/);
  assert.match(result.stderr, /300 rows of `db` were changed, and kept/);
  assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 300, 'nothing more was committed');
  renameSync(run.path('elsewhere'), run.path('.belay'));
  const back = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(back.exitCode, 0, back.stderr);
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 1'), 'user 1');
});

test('a state folder that is removed is no success', async () => {
  await using run = cli();
  const result = await interfered(run, 'rm -r .belay', '');
  assert.equal(result.exitCode, 7, result.stderr);
  assert.match(result.stderr, /journal\/gone/);
});

test('a run whose lease file was removed commits nothing more, and can be rolled back', async () => {
  await using run = cli();
  const result = await interfered(run, 'rm app.db.belay-lock', again);
  assert.equal(result.exitCode, 7, result.stderr);
  assert.match(result.stderr, /target\/lease-lost/);
  assert.match(result.stderr, /was removed or replaced, so another run may be at\s+work/);
  assert.equal(run.query('app.db', 'SELECT count(*) FROM users'), 300);
  const back = await run.run(['rollback', 'last', '--confirm', 'app.db']);
  assert.equal(back.exitCode, 0, back.stderr);
  assert.equal(run.query('app.db', 'SELECT name FROM users WHERE id = 1'), 'user 1');
});

test('a lease file that is gone at the end does not hide how the run ended', async () => {
  await using run = cli();
  run.database('app.db', schema).file(
    'job.yaml',
    `
apiVersion: belay/v1
name: job
title: A job
description: Fails before it changes anything.
targets:
  db: { driver: sqlite, path: app.db }
steps:
  - { id: deed, action: command.run, with: { shell: "rm app.db.belay-lock" }, rollback: none, reason: a test }
${fail}
${again}
`,
  );
  const result = await run.run(['run', 'job.yaml']);
  assert.equal(result.exitCode, 6, result.stderr);
  assert.match(result.stderr, /`db` is as before/);
  assert.doesNotMatch(result.stderr, /lease\/not-released/);
});

test('a -wal that is removed under the run is noticed: by the next change, and at the latest before it is called a success', async () => {
  for (const last of [again, '']) {
    await using run = cli();
    const result = await interfered(run, 'rm app.db-wal', last);
    assert.equal(result.exitCode, 7, result.stderr);
    assert.match(result.stderr, /app\.db-wal`, which holds what was\s+committed last,\s+was removed/);
    assert.match(result.stderr, /target\/replaced/);
  }
});

test('a target that is emptied under the run is not said to be as before', async () => {
  await using run = cli();
  const result = await interfered(run, ': > app.db', fail);
  assert.equal(result.exitCode, 7, result.stderr);
  assert.doesNotMatch(result.stderr, /is as before/);
});

test('a file that is copied over the target is found out by the proof of the rollback', async () => {
  await using run = cli();
  run.database('other.db', `${schema} UPDATE notes SET text = 'other'; PRAGMA journal_mode=DELETE;`);
  const result = await interfered(run, 'cp other.db app.db', fail);
  assert.equal(result.exitCode, 7, result.stderr);
  assert.doesNotMatch(result.stderr, /is as before/);
  assert.match(result.stderr, /its content is not that\s+of\s+the\s+backup/);
});

test('a lease whose run nobody knows any more says how to go on, and that way works', async () => {
  await using run = cli();
  run.database('app.db', schema).file(
    'job.yaml',
    `
apiVersion: belay/v1
name: job
title: A job
description: Waits.
params: { time: { type: duration, default: 60s } }
targets:
  db: { driver: sqlite, path: app.db }
steps:
${again}
  - { id: pause, action: wait, with: { for: "\${{ params.time }}" } }
`,
  );
  const going = run.start(['run', 'job.yaml']);
  await going.waitFor(/100 rows changed/);
  going.child.kill('SIGKILL');
  await going.ended;
  rmSync(run.path('.belay'), { recursive: true });
  const refused = await run.run(['run', 'job.yaml', '-p', 'time=1ms']);
  assert.equal(refused.exitCode, 4, refused.stderr);
  assert.match(
    refused.stderr.replaceAll(/\s+/g, ' '),
    /its state folder \S+ knows nothing of it .*`rm \S+app\.db\.belay-lock`/,
  );
  // Its child ends with its engine, a moment later.
  rmSync(run.path('app.db.belay-lock'));
  const next = await run.run(['run', 'job.yaml', '-p', 'time=1ms']);
  assert.equal(next.exitCode, 0, next.stderr);
});
