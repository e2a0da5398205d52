import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { listBackups, usableManifest } from '../../src/backup/list.ts';
import { describeLoss } from '../../src/backup/loss.ts';
import { restoreBackup } from '../../src/backup/restore.ts';
import { Failure } from '../../src/diagnostic/index.ts';
import { openLocalStore } from '../../src/store/index.ts';
import { sqliteDriver } from '../../src/target/sqlite/index.ts';
import { holder } from '../target/sqlite/support.ts';
import { type Bench, bench, benchOn, cannotMount, fillDatabase, folderFor, mountSmall } from './support.ts';

const isFailure = (code: string) => (error: unknown) => error instanceof Failure && error.code === code;
const request = (b: Bench) => ({
  driver: sqliteDriver,
  scratchFolder: b.scratch,
  session: b.session,
  spec: b.spec,
  allowsOtherDatabase: false,
});

for (const journalMode of ['wal', 'delete']) {
  test(`a restore into a live ${journalMode} database brings back the content, and others see it`, async (t) => {
    const b = await bench(t, { journalMode });
    const entry = await b.create();
    using other = new DatabaseSync(b.spec.path);
    await b.session.execute(
      [{ sql: 'DELETE FROM note WHERE id > 3' }, { sql: 'CREATE TABLE extra(x)' }],
      'change',
    );
    const found = await b.found(entry);
    const loss = await describeLoss(b.session, usableManifest(found));
    assert.deepEqual(loss, {
      tables: [
        { table: 'extra', rowsNow: 0 },
        { table: 'note', rowsNow: 3, rowsInBackup: 400 },
      ],
      isSame: false,
    });
    const restored = await restoreBackup({ ...request(b), found });
    assert.equal(restored.contentHash, entry.contentHash);
    assert.equal(other.prepare('SELECT count(*) AS n FROM note').get()?.n, 400);
    assert.equal((await describeLoss(b.session, usableManifest(found))).isSame, true);
    assert.deepEqual(readdirSync(b.scratch), []);
  });
}

for (const [what, liveSize, isProven] of [
  ['of the same page size is proven page by page', 4096, true],
  ['of another page size is left to the content hash', 8192, false],
] as const) {
  test(`a copy ${what}`, async (t) => {
    const b = await bench(t, { pageSize: liveSize });
    const copy = join(b.scratch, 'copy.sqlite');
    fillDatabase(copy, 'delete');
    const { contentHash } = await b.session.readCopy(copy, { level: 'integrity' });
    const restored = await b.session.restoreFrom(copy);
    assert.equal(restored.isProven, isProven);
    assert.equal(await b.session.contentHash(), contentHash);
  });
}

test('a busy database is left as it is', async (t) => {
  const b = await bench(t);
  const entry = await b.create();
  await b.session.execute([{ sql: 'DELETE FROM tag' }], 'change');
  const before = await b.session.contentHash();
  const other = await holder(t, b.spec.path, 'BEGIN IMMEDIATE');
  await assert.rejects(
    restoreBackup({ ...request(b), found: await b.found(entry) }),
    isFailure('backup/restore-busy'),
  );
  other.kill('SIGKILL');
  await once(other, 'exit');
  assert.equal(await b.session.contentHash(), before);
});

test('a backup of another database is refused unless it is meant, found by the store alone', async (t) => {
  const [b, other] = [await bench(t), await bench(t)];
  const entry = await other.create();
  const [found] = await listBackups(
    openLocalStore('typed', join(other.folder, 'store'), { mustExist: true }),
  );
  assert.ok(found);
  await assert.rejects(restoreBackup({ ...request(b), found }), isFailure('backup/wrong-database'));
  const restored = await restoreBackup({ ...request(b), found, allowsOtherDatabase: true });
  assert.equal(restored.contentHash, entry.contentHash);
});

test('without room beside the database nothing is written to it', { skip: cannotMount() }, async (t) => {
  const folder = folderFor(t);
  const small = join(folder, 'small');
  mountSmall(t, small, 2);
  fillDatabase(join(small, 'app.db'));
  const b = await benchOn(t, folder, join(small, 'app.db'));
  const entry = await b.create();
  await b.session.execute([{ sql: 'DELETE FROM tag' }], 'change');
  const before = await b.session.contentHash();
  const { bavail, bsize } = statfsSync(small);
  writeFileSync(join(small, 'filler'), Buffer.alloc(bavail * bsize - 16_384));
  await assert.rejects(
    restoreBackup({ ...request(b), found: await b.found(entry) }),
    isFailure('store/no-room'),
  );
  assert.equal(await b.session.contentHash(), before);
});
