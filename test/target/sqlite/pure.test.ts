import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';
import { failure, holder, items, type Place, place, run } from './support.ts';

/** Everything that a write would change: names, content, times, owner, mode, links. */
function portrait(folder: string): Record<string, unknown> {
  const files = readdirSync(folder).sort();
  const folderStat = statSync(folder, { bigint: true });
  return {
    folder: [folderStat.mtimeNs, folderStat.ctimeNs],
    ...Object.fromEntries(
      files.map((name) => {
        const path = join(folder, name);
        const { mtimeNs, ctimeNs, ino, mode, size } = statSync(path, { bigint: true });
        const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
        return [name, [hash, mtimeNs, ctimeNs, ino, mode, size]];
      }),
    ),
  };
}

/** Plans do all of this; none of it may leave a trace. */
async function readEverything(at: Place): Promise<{ rows: number | undefined; journalMode: string }> {
  const facts = await sqliteDriver.probe(at.spec);
  assert.equal(facts.condition, 'ok', facts.problem?.message);
  const session = await sqliteDriver.openPure(at.spec, at.scratch);
  try {
    await session.schema();
    await session.compile('DELETE FROM items WHERE id = 1; CREATE TABLE z (a)');
    await session.query({ sql: 'SELECT max(id) FROM items' }, { maxRows: 1, maxBytes: 100 });
    assert.equal((await session.check('integrity', { foreignKeys: true })).ok, true);
    await session.contentHash();
    const [count] = await session.counts(['items']);
    return { rows: count?.rows, journalMode: (await session.facts()).journalMode };
  } finally {
    await session.close();
  }
}

async function assertPure(at: Place, expected: { rows: number; journalMode: string }): Promise<void> {
  const before = portrait(at.folder);
  assert.deepEqual(await readEverything(at), expected);
  assert.deepEqual(portrait(at.folder), before);
  assert.deepEqual(readdirSync(at.scratch), []);
}

test('reading for a plan leaves no trace beside a clean database, with or without WAL', async (t) => {
  await assertPure(place(t, items), { rows: 1000, journalMode: 'delete' });
  await assertPure(place(t, `PRAGMA journal_mode = WAL; ${items}`), { rows: 1000, journalMode: 'wal' });
});

test('nor beside one that another program has open, and it sees what was committed there', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  await holder(t, at.path, 'DELETE FROM items WHERE id <= 100; BEGIN; DELETE FROM items WHERE id <= 200');
  assert.ok(statSync(`${at.path}-wal`).size > 0);
  await assertPure(at, { rows: 900, journalMode: 'wal' });
});

test('nor beside one whose writer crashed, whose -wal nobody has read yet', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const other = await holder(t, at.path, 'DELETE FROM items WHERE id <= 100');
  const crashed = place(t);
  copyFileSync(at.path, crashed.path);
  copyFileSync(`${at.path}-wal`, `${crashed.path}-wal`);
  other.kill('SIGKILL');
  assert.deepEqual(readdirSync(crashed.folder), ['app.db', 'app.db-wal']);
  await assertPure(crashed, { rows: 900, journalMode: 'wal' });
});

test('nor in a folder that is read-only', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  chmodSync(at.path, 0o444);
  chmodSync(at.folder, 0o555);
  try {
    await assertPure(at, { rows: 1000, journalMode: 'wal' });
  } finally {
    chmodSync(at.folder, 0o755);
  }
});

test('nor beside a journal that is left over and empty of meaning', async (t) => {
  const at = place(t, `PRAGMA journal_mode = PERSIST; ${items}`);
  assert.ok(statSync(`${at.path}-journal`).size > 0);
  await assertPure(at, { rows: 1000, journalMode: 'delete' });
});

test('a transaction at work in rollback mode is waited for, then said: not a state that a plan could show', async (t) => {
  const at = place(t, items);
  const other = await holder(
    t,
    at.path,
    'PRAGMA cache_size = 1; BEGIN; UPDATE items SET t = hex(zeroblob(300))',
  );
  const before = portrait(at.folder);
  const error = await failure(sqliteDriver.openPure(at.spec, at.scratch));
  assert.equal(error.code, 'target/not-simulated');
  assert.match(error.message, new RegExp(`in the middle of a transaction by .*pid ${other.pid}`));
  assert.deepEqual(portrait(at.folder), before);
});

test('a session sees a later state only whole: after a write in between it reads anew', async (t) => {
  const at = place(t, items);
  const session = await sqliteDriver.openPure(at.spec, at.scratch);
  t.after(() => session.close());
  assert.equal((await session.counts())[0]?.rows, 1000);
  run(at.path, 'DELETE FROM items WHERE id > 10');
  assert.equal((await session.counts())[0]?.rows, 10);
  assert.equal((await session.check('integrity')).ok, true);
});

test('beside a writer that never rests every answer is a state that was there', async (t) => {
  const at = place(
    t,
    `PRAGMA journal_mode = WAL; ${items} CREATE TABLE pair (id INTEGER PRIMARY KEY, a, b); INSERT INTO pair VALUES (1, 0, 0)`,
  );
  // Both columns are equal in every committed state; small checkpoints move pages into the main file all the time.
  await holder(t, at.path, 'PRAGMA wal_autocheckpoint = 50', {
    again:
      'BEGIN; UPDATE pair SET a = a + 1; UPDATE items SET t = hex(randomblob(20)) WHERE id % 50 = 1; UPDATE pair SET b = b + 1; COMMIT',
    everyMs: 5,
  });
  for (let i = 0; i < 5; i++) {
    const session = await sqliteDriver.openPure(at.spec, at.scratch);
    const { rows } = await session.query({ sql: 'SELECT a, b FROM pair' }, { maxRows: 1, maxBytes: 100 });
    assert.equal((await session.check('integrity')).ok, true);
    await session.close();
    assert.equal(rows[0]?.a, rows[0]?.b);
  }
});
