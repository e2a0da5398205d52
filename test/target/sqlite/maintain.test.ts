import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ask, failure, holder, items, openWriter, type Place, place, run, specOf } from './support.ts';

const wide = (rows: number): string =>
  `CREATE TABLE wide (id INTEGER PRIMARY KEY, t); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${rows}) INSERT INTO wide SELECT x, hex(randomblob(500)) FROM c;`;

test('VACUUM gives free pages back, in WAL mode down to the file', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${wide(2000)} DELETE FROM wide WHERE id > 100`);
  const { session } = await openWriter(t, at);
  const { sizeBefore, sizeAfter } = await session.vacuum();
  assert.ok(sizeAfter < sizeBefore / 5);
  const facts = await session.facts();
  assert.deepEqual([facts.walBytes, facts.freeBytes, facts.sizeBytes], [0, 0, sizeAfter]);
});

test('a checkpoint empties the WAL, and says when a reader keeps it from doing so', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const { session } = await openWriter(t, at);
  await session.execute([{ sql: 'UPDATE items SET n = 0' }], 'change');
  const reader = await holder(t, at.path, 'BEGIN; SELECT count(*) FROM items');
  await session.execute([{ sql: 'UPDATE items SET n = 1' }], 'change');
  const held = await session.checkpoint();
  assert.equal(held.isComplete, false);
  assert.ok(held.walBytesAfter > 0);
  reader.kill('SIGKILL');
  await new Promise((resolve) => reader.once('exit', resolve));
  assert.deepEqual(await session.checkpoint(), {
    walBytesBefore: held.walBytesAfter,
    walBytesAfter: 0,
    isComplete: true,
  });
});

test('a change of the journal mode is not taken for a write of others', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  await session.execute([{ sql: 'UPDATE items SET n = 0' }], 'change');
  await session.configure({ journalMode: 'wal' });
  assert.equal(await session.foreignWrites(), 'none');
  run(at.path, 'UPDATE items SET n = 1');
  await session.configure({ journalMode: 'delete' });
  assert.equal(await session.foreignWrites(), 'proven');
});

test('settings are made, read back, and the content stays', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const { session } = await openWriter(t, at);
  const hash = await session.contentHash();
  await session.configure({ pageSize: 8192, autoVacuum: 'incremental' });
  let facts = await session.facts();
  assert.deepEqual([facts.pageSize, facts.journalMode], [8192, 'wal']);
  await session.configure({ journalMode: 'DELETE' });
  facts = await session.facts();
  assert.equal(facts.journalMode, 'delete');
  assert.equal(await session.contentHash(), hash);
  await session.close();
  assert.equal(ask(at.path, 'PRAGMA auto_vacuum'), 2);
});

test('a setting that SQLite does not take is said', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const { session } = await openWriter(t, at);
  assert.equal((await failure(session.configure({ journalMode: 'off' }))).code, 'target/setting-refused');
  assert.equal((await failure(session.configure({ pageSize: 1000 }))).code, 'target/setting-refused');
  const other = await holder(t, at.path, 'SELECT count(*) FROM items');
  const busy = await failure(session.configure({ journalMode: 'delete' }));
  assert.match(busy.code, /^target\/(locked|setting-refused)$/);
  assert.ok(other.pid);
  assert.equal((await session.facts()).journalMode, 'wal');
});

test('a change too large to be kept in memory keeps no changeset, and says so before it runs', async (t) => {
  const at = place(t, wide(30_000));
  const { session, announced } = await openWriter(t, at);
  await session.execute([{ sql: "UPDATE wide SET t = t || 'x'" }], 'change');
  await session.execute([{ sql: "UPDATE wide SET t = 'x' WHERE id <= :id", params: { id: 100 } }], 'change');
  await session.execute([{ sql: 'INSERT INTO wide SELECT id + 100000, t FROM wide' }], 'change');
  assert.match(announced[0]?.withoutChangeset ?? '', /its rows are about \d+ MB, more than the 17 MB/);
  assert.ok(announced[1]?.changeset);
  assert.match(announced[2]?.withoutChangeset ?? '', /about/);
});

/** A file system of its own, so that it can be full; only root can make one. */
function smallDisk(t: TestContext, size: string): Place | undefined {
  // Order: hooks run as they were added, and a folder with a mount in it cannot be removed.
  let disk = '';
  t.after(() => void spawnSync('umount', ['-l', disk]));
  const at = place(t);
  disk = join(at.folder, 'disk');
  mkdirSync(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]).status !== 0) {
    t.skip('cannot mount a small file system here');
    return undefined;
  }
  const path = join(disk, 'app.db');
  return { ...at, folder: disk, path, spec: specOf(path) };
}

test('a disk that is full is said as such, and the database stays whole', async (t) => {
  const at = smallDisk(t, '2m');
  if (!at) return;
  run(at.path, items);
  const { session, announced } = await openWriter(t, at);
  const error = await failure(
    session.execute([{ sql: `UPDATE items SET t = hex(zeroblob(2000))` }], 'change'),
  );
  assert.equal(error.code, 'target/disk-full');
  assert.equal(announced.length, 0);
  assert.equal((await session.check('integrity')).ok, true);
});

test('VACUUM looks for room before it begins', async (t) => {
  const at = smallDisk(t, '4m');
  if (!at) return;
  run(at.path, wide(2000));
  const { session } = await openWriter(t, at);
  const error = await failure(session.vacuum());
  assert.equal(error.code, 'target/no-room');
  assert.match(error.message, /VACUUM needs 2\.\d MB in `.*`, \d+ kB|MB are free/);
  assert.match(error.state ?? '', /nothing was changed/);
});
