import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Failure } from '../../../../src/diagnostic/index.ts';
import { contentHash } from '../../../../src/sqlite/child/operations/content-hash.ts';
import { restore } from '../../../../src/sqlite/child/operations/restore.ts';
import { snapshot } from '../../../../src/sqlite/child/operations/snapshot.ts';

function setUp(
  t: TestContext,
  journalMode = 'wal',
  pageSize = 4096,
): { folder: string; path: string; db: DatabaseSync } {
  const folder = mkdtempSync(join(tmpdir(), 'belay-copy-'));
  const path = join(folder, 'live.db');
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = ${journalMode}; PRAGMA busy_timeout = 100;
    CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t(v) WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < 3000) SELECT randomblob(2000) FROM s`);
  t.after(() => {
    if (db.isOpen) db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, path, db };
}

/** Runs `sql` in another process, then every `everyMs` once more when given; says `ready` after the first. */
async function inOtherProcess(t: TestContext, path: string, sql: string, everyMs = 0): Promise<ChildProcess> {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(${JSON.stringify(path)});
    db.exec('PRAGMA busy_timeout = 10000');
    db.exec(${JSON.stringify(sql)});
    console.log('ready');
    if (${everyMs}) setInterval(() => db.exec(${JSON.stringify(sql)}), ${everyMs}); else setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout ?? child, 'data');
  return child;
}

const isFailure = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;

for (const mode of ['wal', 'delete']) {
  test(`a snapshot of a database in ${mode} mode has its content, in rollback-journal form, for its owner alone`, async (t) => {
    const { folder, db } = setUp(t, mode);
    const to = join(folder, 'copy.db');
    const facts = await snapshot(db, { to });
    assert.equal(statSync(to).mode & 0o777, 0o600);
    assert.equal(facts.sizeBytes, statSync(to).size);
    assert.deepEqual([...readFileSync(to).subarray(18, 20)], [1, 1]);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('copy')),
      ['copy.db'],
    );
    using copy = new DatabaseSync(to);
    assert.equal(contentHash(copy), contentHash(db));
    assert.equal(db.isTransaction, false);
  });
}

test('a snapshot finishes, consistent, while another process commits every 2 ms', async (t) => {
  const { folder, path, db } = setUp(t);
  db.exec('CREATE TABLE pair(a, b); INSERT INTO pair VALUES(0, 0)');
  await inOtherProcess(t, path, 'BEGIN; UPDATE pair SET a = a + 1; UPDATE pair SET b = b + 1; COMMIT', 2);
  for (let round = 0; round < 3; round++) {
    const to = join(folder, `copy${round}.db`);
    await snapshot(db, { to });
    using copy = new DatabaseSync(to);
    const pair = copy.prepare('SELECT a, b FROM pair').get();
    assert.equal(pair?.a, pair?.b);
    assert.equal(copy.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
  }
});

test('a source locked by another process fails, and leaves no file', async (t) => {
  const { folder, path, db } = setUp(t, 'delete');
  await inOtherProcess(t, path, 'BEGIN EXCLUSIVE');
  const to = join(folder, 'copy.db');
  await assert.rejects(snapshot(db, { to }), isFailure('backup/source-locked'));
  assert.equal(existsSync(to), false);
  assert.equal(db.isTransaction, false);
});

test('a snapshot onto an existing file is refused and leaves it alone', async (t) => {
  const { path, db } = setUp(t);
  await assert.rejects(snapshot(db, { to: path }), isFailure('backup/snapshot-failed'));
  assert.equal(db.prepare('SELECT count(*) AS n FROM t').get()?.n, 3000);
});

for (const [mode, pageSize] of [
  ['wal', 4096],
  ['delete', 4096],
  ['wal', 8192],
  ['delete', 8192],
] as const) {
  test(`a restore into a ${mode} file with ${pageSize}-byte pages, from 4096-byte pages, brings back content and mode`, async (t) => {
    const source = setUp(t);
    const from = join(source.folder, 'copy.db');
    await snapshot(source.db, { to: from });
    const { path, db } = setUp(t, mode, pageSize);
    db.exec('DELETE FROM t WHERE id > 10');
    using reader = new DatabaseSync(path);
    reader.prepare('SELECT count(*) FROM t').get();
    await restore(db, { livePath: path, from, busyTimeoutMs: 1000 });
    assert.equal(contentHash(db), contentHash(source.db));
    assert.equal(db.prepare('PRAGMA journal_mode').get()?.journal_mode, mode);
    assert.equal(reader.prepare('SELECT count(*) AS n FROM t').get()?.n, 3000);
    assert.equal(reader.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
    if (mode === 'wal') assert.equal(statSync(`${path}-wal`).size, 0);
  });
}

for (const [mode, lock] of [
  ['wal', 'BEGIN IMMEDIATE'],
  ['delete', 'BEGIN; SELECT count(*) FROM t'],
  ['delete', 'BEGIN EXCLUSIVE'],
] as const) {
  test(`a restore into a ${mode} file under another process's ${lock} fails in time and changes nothing`, async (t) => {
    const source = setUp(t);
    const from = join(source.folder, 'copy.db');
    await snapshot(source.db, { to: from });
    const { path, db } = setUp(t, mode);
    const before = contentHash(db);
    const other = await inOtherProcess(t, path, lock);
    await assert.rejects(
      restore(db, { livePath: path, from, busyTimeoutMs: 200 }),
      isFailure('backup/restore-busy'),
    );
    other.kill('SIGKILL');
    await once(other, 'exit');
    assert.equal(contentHash(db), before);
  });
}

test('a reader that keeps an old snapshot leaves a restore unproven, and its content readable', async (t) => {
  const source = setUp(t);
  const from = join(source.folder, 'copy.db');
  await snapshot(source.db, { to: from });
  const { path, db } = setUp(t);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM t WHERE id = 1');
  await inOtherProcess(t, path, 'BEGIN; SELECT count(*) FROM t');
  await assert.rejects(
    restore(db, { livePath: path, from, busyTimeoutMs: 200 }),
    isFailure('backup/restore-unproven'),
  );
  assert.equal(contentHash(db), contentHash(source.db));
});

test('an absent, an empty and a foreign file are not restored', async (t) => {
  const { folder, path, db } = setUp(t);
  const before = contentHash(db);
  writeFileSync(join(folder, 'empty.db'), '');
  writeFileSync(join(folder, 'text.db'), 'no database'.repeat(1000));
  for (const name of ['absent.db', 'empty.db', 'text.db']) {
    await assert.rejects(
      restore(db, { livePath: path, from: join(folder, name), busyTimeoutMs: 100 }),
      isFailure('backup/restore-failed'),
    );
    assert.equal(contentHash(db), before);
  }
  assert.equal(existsSync(join(folder, 'absent.db')), false);
});
