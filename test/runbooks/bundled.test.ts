// The bundled runbooks, run as an operator runs them, on databases that they have never seen.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cli, cli } from '../support/cli.ts';

const folder = join(import.meta.dirname, '../../runbooks');
const daily = join(folder, 'daily-maintenance.yaml');
const weekly = join(folder, 'weekly-optimization.yaml');
const hourly = join(folder, 'hourly-health.yaml');

/** Sessions keep text, scans Unix seconds, entries ISO text; 60 of 100 sessions have expired, and so on. */
const application = `PRAGMA journal_mode = wal;
  CREATE TABLE users(id INTEGER PRIMARY KEY);
  CREATE TABLE sessions(id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), expires_at TEXT);
  CREATE TABLE ai_scans(id INTEGER PRIMARY KEY, created_at INTEGER);
  CREATE TABLE memory_entries(key TEXT PRIMARY KEY, expires_at TEXT) WITHOUT ROWID;
  INSERT INTO users VALUES (1);
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
  INSERT INTO sessions SELECT i, 1, datetime('now', (i - 60.5) || ' hours') FROM n;
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
  INSERT INTO ai_scans SELECT i, unixepoch('now', '-' || i || ' hours', '+30 minutes') FROM n;
  WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
  INSERT INTO memory_entries SELECT 'k' || i, CASE WHEN i > 50 THEN strftime('%Y-%m-%dT%H:%M:%SZ', 'now', (i - 70.5) || ' hours') END FROM n;`;

const kinds = ['-p', 'sessions=sessions', '-p', 'scans=ai_scans', '-p', 'entries=memory_entries'];

interface Outcome {
  readonly exitCode: unknown;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** How the run ended, from its events. */
async function outcome(work: Cli, args: readonly string[]): Promise<Outcome> {
  const result = await work.run(['run', ...args, '--output', 'json']);
  const events = result.lines();
  const finished = events.find(({ type }) => type === 'run-finished');
  assert.ok(finished, result.rawStderr);
  const failure = finished.failure as { message: string } | undefined;
  return {
    exitCode: finished.exitCode,
    outputs: Object.assign(
      {},
      ...events.map(({ type, outputs }) => (type === 'outputs-decided' ? outputs : {})),
    ),
    message: failure?.message ?? '',
  };
}

test('the bundled runbooks are valid', async () => {
  await using work = cli();
  const { exitCode, stdout, stderr } = await work.run(['validate', daily, weekly, hourly]);
  assert.equal(exitCode, 0, stdout + stderr);
});

test('daily-maintenance deletes what has expired, whichever way its column keeps time', async () => {
  await using work = cli();
  work.database('app.db', application);
  const result = await work.run(['run', daily, '-p', 'database=app.db', ...kinds]);
  assert.equal(result.exitCode, 0, result.rawStderr);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM sessions'), 40);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM ai_scans'), 48);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM memory_entries'), 80);
  const { backups } = (await work.run(['backup', 'list', '--output', 'json'])).json();
  assert.equal((backups as unknown[]).length, 1);
});

test('daily-maintenance twice in a row finds nothing more to delete', async () => {
  await using work = cli();
  work.database('app.db', application);
  const args = ['run', daily, '-p', 'database=app.db', ...kinds];
  assert.equal((await work.run(args)).exitCode, 0);
  const again = await work.run(args);
  assert.equal(again.exitCode, 0, again.rawStderr);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM sessions'), 40);
});

test('daily-maintenance leaves alone what is not named, and a plan changes nothing', async () => {
  await using work = cli();
  work.database('app.db', application);
  const plan = await work.run(['plan', daily, '-p', 'database=app.db', ...kinds]);
  assert.equal(plan.exitCode, 0, plan.rawStderr);
  assert.match(plan.rawStdout, /`sessions`: 60 rows of 100 \(60 %\)/);
  assert.equal((await work.run(['run', daily, '-p', 'database=app.db'])).exitCode, 0);
  assert.equal(work.query('app.db', 'SELECT count(*) FROM sessions'), 100);
});

test('daily-maintenance says a missing table clearly, before anything is changed', async () => {
  await using work = cli();
  work.database('app.db', application);
  for (const param of ['sessions=sesions', 'tables:=["sesions"]']) {
    const result = await work.run(['run', daily, '-p', 'database=app.db', '-p', param]);
    assert.equal(result.exitCode, 4, result.rawStderr);
    assert.match(
      result.rawStderr.replaceAll(/\s+/g, ' '),
      /table `sesions` does not exist; did you mean `sessions`\?/,
    );
  }
  const { backups } = (await work.run(['backup', 'list', '--output', 'json'])).json();
  assert.deepEqual(backups, []);
});

test('weekly-optimization gives free pages back and names the missing index', async () => {
  await using work = cli();
  work.database(
    'app.db',
    `${application} CREATE TABLE big(x);
     WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO big SELECT randomblob(4000) FROM n;
     DELETE FROM big;`,
  );
  const { outputs } = await outcome(work, [weekly, '-p', 'database=app.db']);
  const { freedBytes, missingIndexes, vacuum } = outputs;
  assert.ok(Number(freedBytes) > 1_000_000);
  assert.match(String(vacuum), /more than 25 %: runs$/);
  assert.deepEqual(missingIndexes, ['CREATE INDEX idx_sessions_user_id ON sessions (user_id);']);
  const { outputs: again } = await outcome(work, [weekly, '-p', 'database=app.db']);
  assert.match(String(again.vacuum), /not more than 25 %: does not run$/);
});

test('hourly-health writes metrics, and is quiet about a healthy database', async () => {
  await using work = cli();
  work.database('app.db', application);
  const params = [
    '-p',
    'database=app.db',
    '-p',
    'metrics=app.prom',
    '-p',
    'prefix=nerve_db_',
    '-p',
    'maxLatency=1h',
  ];
  const { exitCode, outputs } = await outcome(work, [hourly, ...params]);
  assert.equal(exitCode, 0);
  assert.equal(outputs.healthy, true);
  const text = work.read('app.prom');
  assert.match(text, /^nerve_db_healthy 1$/m);
  assert.match(text, /^nerve_db_table_records\{table="sessions"\} 100$/m);
  assert.match(text, /^nerve_db_total_records 301$/m);
});

test('hourly-health ends with warnings when a limit is passed', async () => {
  await using work = cli();
  work.database('app.db', application);
  const { exitCode } = await outcome(work, [hourly, '-p', 'database=app.db', '-p', 'maxSize=1kB']);
  assert.equal(exitCode, 11);
});

test('hourly-health fails on what is critical, after the metrics are written', async () => {
  await using work = cli();
  work.database(
    'app.db',
    `${application} PRAGMA foreign_keys = OFF; INSERT INTO sessions VALUES (500, 77, NULL);`,
  );
  const params = ['-p', 'database=app.db', '-p', 'metrics=app.prom'];
  const { exitCode, message } = await outcome(work, [hourly, ...params]);
  assert.equal(exitCode, 6);
  assert.match(message, /1 row of `sessions` refer to missing rows of `users`/);
  assert.match(work.read('app.prom'), /^sqlite_healthy 0$/m);
});
