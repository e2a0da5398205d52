// Four writers at full speed beside backups, verifications and a rollback: no row that was acknowledged to them is lost.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { type Cli, cli } from '../support/cli.ts';

const seconds = Number(process.env.BELAY_CRASH_ROUNDS ?? 5);

const schema = `PRAGMA journal_mode = WAL;
  CREATE TABLE acked(writer INTEGER, n INTEGER, PRIMARY KEY (writer, n));
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300) INSERT INTO users SELECT x, 'user ' || x FROM n;`;

/** Says the number of each row once SQLite has said that it is committed. */
const program = `
const { DatabaseSync } = require('node:sqlite');
const db = new DatabaseSync(process.argv[1], { timeout: 20000 });
const insert = db.prepare('INSERT INTO acked VALUES (?, ?)');
const { writeSync } = require('node:fs');
let n = 0;
const step = () => {
  const pause = Number(process.argv[3]);
  for (let i = 0; i < (pause > 0 ? 1 : 20); i++) { insert.run(Number(process.argv[2]), ++n); writeSync(1, n + '\\n'); }
  setTimeout(step, pause * Math.random());
};
step();
`;

interface Writers {
  /** Once each has written something. */
  under(): Promise<void>;
  /** Ends them and gives the last acknowledged number of each. */
  stop(): Promise<number[]>;
}

/** Each pauses up to so long after every row; at full speed without. */
function startWriters(work: Cli, pauseMs = 0): Writers {
  const writers = [1, 2, 3, 4].map((writer) => {
    const child = spawn(
      process.execPath,
      ['-e', program, work.path('app.db'), String(writer), String(pauseMs)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-100);
    });
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      error += part;
    });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    return { child, closed, last: () => Number(/(\d+)\n\d*$/.exec(text)?.[1] ?? 0), error: () => error };
  });
  return {
    under: async () => {
      const end = performance.now() + 60_000;
      while (writers.some(({ last }) => last() === 0)) {
        assert.ok(performance.now() < end, 'a writer does not begin');
        await sleep(20);
      }
    },
    stop: async () => {
      for (const { child } of writers) child.kill('SIGKILL');
      await Promise.all(writers.map(({ closed }) => closed));
      assert.deepEqual(
        writers.map(({ error }) => error().replaceAll(/.*ExperimentalWarning.*\n.*\n/g, '')),
        ['', '', '', ''],
      );
      return writers.map(({ last }) => last());
    },
  };
}

function assertKept(work: Cli, acked: readonly number[]): void {
  for (const [i, last] of acked.entries()) {
    assert.ok(last > 0, `writer ${i + 1} has written nothing`);
    assert.equal(
      work.query('app.db', `SELECT count(*) FROM acked WHERE writer = ${i + 1} AND n <= ${last}`),
      last,
    );
  }
}

test('backups and verifications beside four writers lose nothing, and each backup holds', async () => {
  await using work = cli();
  work.database('app.db', schema);
  const writers = startWriters(work);
  await writers.under();
  const until = performance.now() + seconds * 1000;
  let rounds = 0;
  while (performance.now() < until || rounds < 2) {
    const made = await work.run(['backup', 'create', '--path', 'app.db']);
    assert.equal(made.exitCode, 0, made.stderr);
    const verified = await work.run(['backup', 'verify', 'latest', '--path', 'app.db']);
    if (verified.exitCode !== 0) {
      const id = /bak-\d{8}-\d{6}-[a-z0-9]{4}/.exec(made.rawStdout + made.rawStderr)?.[0] ?? '';
      const again = await work.run(['backup', 'verify', id, '--path', 'app.db']);
      assert.equal(again.exitCode, 0, again.stderr);
    }
    rounds++;
  }
  assertKept(work, await writers.stop());
  assert.equal(work.query('app.db', 'PRAGMA integrity_check'), 'ok');
});

test('a rollback beside four writers takes our rows back and none of theirs', async () => {
  const job = `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows, then fails.
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
  - { id: shout, action: sqlite.execute, with: { target: db, sql: "UPDATE users SET name = upper(name)" } }
  - { id: pause, action: wait, with: { for: 500ms } }
  - { id: never, assert: "\${{ 1 > 2 }}" }
`;
  await using work = cli();
  work.database('app.db', schema).file('job.yaml', job);
  const writers = startWriters(work);
  await writers.under();
  const result = await work.run(['run', 'job.yaml']);
  await sleep(100);
  assertKept(work, await writers.stop());
  assert.equal(result.exitCode, 6, result.stderr);
  assert.equal(work.query('app.db', "SELECT count(*) FROM users WHERE name = 'user ' || id"), 300);
});

test('a failure before anything was committed leaves what four writers write alone: exit 6', async () => {
  const job = `
apiVersion: belay/v1
name: job
targets:
  db: { driver: sqlite, path: ./app.db }
steps:
  - { id: clash, action: sqlite.execute, with: { target: db, sql: "INSERT INTO users(id, name) VALUES (7, 'again')" } }
`;
  await using work = cli();
  work.database('app.db', schema).file('job.yaml', job);
  const writers = startWriters(work);
  await writers.under();
  const result = await work.run(['run', 'job.yaml']);
  await sleep(100);
  assertKept(work, await writers.stop());
  assert.equal(result.exitCode, 6, result.stderr);
});

for (const [pace, pauseMs] of [
  ['at full speed', 0],
  ['at leisure', 3000],
] as const)
  test(`a restore beside four writers ${pace} and open readers: what it takes away is in its copy, or it says so`, async () => {
    await using work = cli();
    work.database('app.db', schema);
    assert.equal((await work.run(['backup', 'create', '--path', 'app.db'])).exitCode, 0);
    const listed = await work.run(['backup', 'list', '--path', 'app.db', '--output', 'json']);
    const [{ id } = { id: '' }] = listed.json().backups as { id: string }[];
    const writers = startWriters(work, pauseMs);
    await writers.under();
    const reader = new DatabaseSync(work.path('app.db'), { readOnly: true });
    reader.prepare('SELECT count(*) FROM acked').get();
    const result = await work.run(['backup', 'restore', id, '--path', 'app.db', '--confirm', 'app.db']);
    await sleep(200);
    const acked = await writers.stop();
    reader.close();
    assert.equal(work.query('app.db', 'PRAGMA integrity_check'), 'ok');
    if (result.exitCode === 4 || result.exitCode === 6) return assertKept(work, acked);
    const lost = acked.map((last, i) => last - heldBy(work, i + 1, last).size);
    if (result.exitCode === 0) assert.deepEqual(lost, [0, 0, 0, 0], result.stderr);
    else {
      assert.equal(result.exitCode, 7, result.stderr);
      assert.match(result.stderr, /target\/written-during-restore/);
    }
  });

/** The rows of a writer that are in the database, or in any of its backups. */
function heldBy(work: Cli, writer: number, last: number): ReadonlySet<unknown> {
  const held = new Set<unknown>();
  const artifacts = work.list().filter((name) => name.endsWith('database.sqlite.zst'));
  const copies = artifacts.map((name, i) => {
    const copy = join(work.folder, `copy-${i}.db`);
    writeFileSync(copy, zstdDecompressSync(readFileSync(work.path(name))));
    return copy;
  });
  for (const path of [work.path('app.db'), ...copies]) {
    const database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare('SELECT n FROM acked WHERE writer = ? AND n <= ?').all(writer, last);
    for (const { n } of rows) held.add(n);
    database.close();
  }
  return held;
}
