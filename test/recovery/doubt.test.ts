// A transaction of which nobody heard whether it was committed: the file is asked, at once, and until it has answered
// nothing is promised, tried again, or done on top.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { arm, cannotShim } from '../crash/shim.ts';
import { type Cli, cli } from '../support/cli.ts';

const schema = (mode: string): string => `PRAGMA journal_mode = ${mode};
  CREATE TABLE users(id INTEGER PRIMARY KEY, visits INTEGER);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50) INSERT INTO users SELECT x, 0 FROM n;`;

const job = (step: string): string => `
apiVersion: belay/v1
name: job
title: A job
description: Counts up.
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
  - { id: count, action: sqlite.execute, ${step} with: { target: db, sql: "UPDATE users SET visits = visits + 1" } }
`;

/** The first value of `visits`, once it is the same in every row. */
function visits(work: Cli): unknown {
  assert.equal(work.query('app.db', 'SELECT count(DISTINCT visits) FROM users'), 1);
  return work.query('app.db', 'SELECT max(visits) FROM users');
}

for (const mode of ['WAL', 'DELETE'])
  test(`a child that dies at any write of its COMMIT is not tried again on top (${mode})`, {
    skip: cannotShim,
  }, async () => {
    await using work = cli();
    const seen = { counted: 0, again: 0 };
    for (let at = 1; ; at++) {
      reset(work, mode, job('retry: { limit: 2, interval: 1ms },'));
      const shim = arm({ role: 'child', at, fault: 'kill', below: [work.path('app.db')] });
      const { exitCode, stderr } = await work.run(['run', 'job.yaml'], { env: shim.env });
      if (!shim.counts().isTriggered) break;
      assert.ok([0, 4, 6].includes(exitCode ?? -1), `${at}: ${exitCode} ${stderr}`);
      assert.equal(visits(work), exitCode === 0 ? 1 : 0, `${at}: ${stderr}`);
      if (exitCode === 0) seen.counted++;
      if (/attempt 2|retry/.test(stderr)) seen.again++;
    }
    assert.ok(seen.counted > 2, JSON.stringify(seen));
  });

for (const mode of ['WAL', 'DELETE'])
  test(`a COMMIT that the disk fails is never called off before the file says so (${mode})`, {
    skip: cannotShim,
  }, async () => {
    await using work = cli();
    let failed = 0;
    for (let at = 1; ; at++) {
      reset(work, mode, job(''));
      const shim = arm({ role: 'child', at, fault: 'EIO', below: [work.path('app.db')] });
      const { exitCode, stderr } = await work.run(['run', 'job.yaml'], { env: shim.env });
      if (!shim.counts().isTriggered) break;
      assert.ok([0, 4, 6, 7].includes(exitCode ?? -1), `${at}: ${exitCode} ${stderr}`);
      assert.doesNotMatch(stderr, /internal\/defect/, `${at}`);
      if (exitCode !== 7) assert.equal(visits(work), exitCode === 0 ? 1 : 0, `${at}: ${stderr}`);
      if (exitCode === 6) failed++;
    }
    assert.ok(failed > 0);
  });

test('a COMMIT that the disk fails beside another program comes back from the log of nobody', {
  skip: cannotShim,
}, async () => {
  await using work = cli();
  let failed = 0;
  for (let at = 1; ; at++) {
    reset(work, 'WAL', job(''));
    const other = await holder(work.path('app.db'));
    const shim = arm({ role: 'child', at, fault: 'EIO', below: [work.path('app.db')] });
    const { exitCode, stderr } = await work.run(['run', 'job.yaml'], { env: shim.env });
    other.kill('SIGKILL');
    await once(other, 'close');
    if (!shim.counts().isTriggered) break;
    // The other program is gone without a word: the next to open the database reads the log.
    const expected = exitCode === 0 ? 1 : 0;
    if (exitCode !== 7) assert.equal(visits(work), expected, `call ${at}: ${exitCode} ${stderr}`);
    if (exitCode === 6) failed++;
  }
  assert.ok(failed > 0);
});

/** Another program that has the database open, and reads nothing. */
async function holder(path: string): Promise<ChildProcess> {
  const program = `
    const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
    db.prepare('SELECT count(*) FROM users').get();
    console.log('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

test('a restore that wrote everything and could not bring it to rest does not say that nothing was changed', async () => {
  await using work = cli();
  reset(work, 'WAL', '');
  const made = await work.run(['backup', 'create', '--path', 'app.db', '--output', 'json']);
  const id = /bak-\d{8}-\d{6}-[a-z0-9]{4}/.exec(made.rawStdout + made.rawStderr)?.[0] ?? '';
  work.database('app.db', 'UPDATE users SET visits = 7');
  const reader = new DatabaseSync(work.path('app.db'));
  try {
    reader.exec('BEGIN');
    assert.equal(reader.prepare('SELECT max(visits) AS n FROM users').get()?.n, 7);
    const result = await work.run(
      ['backup', 'restore', id, '--path', 'app.db', '--confirm', 'app.db', '--lock-wait', '1s'],
      {},
    );
    const now = visits(work);
    assert.match(result.stderr, /backup\/restore-unproven/);
    // Before or after, and the exit code knows which.
    assert.ok((result.exitCode === 6 && now === 7) || result.exitCode === 7 || result.exitCode === 9);
  } finally {
    reader.close();
  }
});

function reset(work: Cli, mode: string, runbook: string): void {
  for (const name of ['app.db', 'app.db-wal', 'app.db-shm', 'app.db-journal', '.belay', 'app.db.belay-lock'])
    rmSync(work.path(name), { recursive: true, force: true });
  work.database('app.db', schema(mode)).file('job.yaml', runbook);
}
