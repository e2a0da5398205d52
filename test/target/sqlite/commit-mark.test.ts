// What a new child knows of the time in which there was none: by the commit mark, in both journal modes.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { endless, failure, holder, items, openWriter, place, run, type Writer } from './support.ts';

const limits = { maxRows: 1, maxBytes: 100 };
const alter = [{ sql: 'ALTER TABLE items ADD COLUMN more TEXT' }];

/** As Ctrl-C and a time limit do it. */
async function stopChild({ session }: Writer): Promise<void> {
  const stop = session.query({ sql: endless }, limits, { signal: AbortSignal.timeout(150) });
  assert.equal((await failure(stop)).code, 'target/stopped');
}

async function killChild({ session, pids }: Writer): Promise<void> {
  process.kill(pids.at(-1) ?? 0, 'SIGKILL');
  assert.equal((await failure(session.counts())).code, 'sqlite/child-lost');
}

const losses = { 'is stopped': stopChild, 'dies by kill -9': killChild };

async function changed(t: TestContext, mode: string): Promise<{ path: string; writer: Writer }> {
  const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
  const writer = await openWriter(t, at, { busyTimeoutMs: 1000 });
  await writer.session.execute(alter, 'change');
  return { path: at.path, writer };
}

for (const mode of ['WAL', 'DELETE']) {
  for (const [words, lose] of Object.entries(losses)) {
    test(`a child that ${words} after a change of the schema leaves no doubt: nobody wrote (${mode})`, async (t) => {
      const { writer } = await changed(t, mode);
      await lose(writer);
      assert.equal(await writer.session.foreignWrites(), 'none');
      assert.equal(writer.pids.length, 2);
    });

    test(`a commit of others before the next child is proven (${mode}, the child ${words})`, async (t) => {
      const { path, writer } = await changed(t, mode);
      // It stays open: the last to close would empty the -wal.
      await holder(t, path, 'SELECT 1 FROM items');
      await lose(writer);
      run(path, 'UPDATE items SET n = 0 WHERE id = 1');
      assert.equal(await writer.session.foreignWrites(), 'proven');
    });
  }

  test(`work of ours that announces no commit is not taken for that of others (${mode})`, async (t) => {
    const { writer } = await changed(t, mode);
    for (const work of ['analyze', 'checkpoint', 'vacuum', 'checkpoint'] as const) {
      await writer.session[work]();
      await killChild(writer);
      assert.equal(await writer.session.foreignWrites(), 'none', work);
    }
  });

  test(`what others wrote before our next commit is in its announcement (${mode})`, async (t) => {
    const { path, writer } = await changed(t, mode);
    await holder(t, path, 'SELECT 1 FROM items');
    await killChild(writer);
    run(path, 'UPDATE items SET n = 0 WHERE id = 1');
    await writer.session.execute([{ sql: 'DELETE FROM items WHERE id = 2' }], 'change');
    assert.equal(writer.announced.at(-1)?.foreignWrites, 'proven');
    await killChild(writer);
    assert.equal(await writer.session.foreignWrites(), 'none');
  });

  test(`reading the mark drops no lock of the child (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const seen: string[][] = [];
    const writer: Writer = await openWriter(t, at, {
      announce: async () => void seen.push(locks(at.path, writer.pids.at(-1) ?? 0)),
    });
    await writer.session.execute([{ sql: 'UPDATE items SET n = 1' }], 'change');
    // The second transaction begins after the mark of the first was read.
    await writer.session.execute([{ sql: 'UPDATE items SET n = 2' }], 'change');
    assert.ok((seen[0]?.length ?? 0) > 0);
    assert.deepEqual(seen[1], seen[0]);
  });
}

test('a checkpoint by others leaves the mark; one that empties the -wal leaves a doubt', async (t) => {
  const { path, writer } = await changed(t, 'WAL');
  await holder(t, path, 'SELECT 1 FROM items');
  await killChild(writer);
  run(path, 'PRAGMA wal_checkpoint(PASSIVE)');
  assert.equal(await writer.session.foreignWrites(), 'none');
  await killChild(writer);
  run(path, 'PRAGMA wal_checkpoint(TRUNCATE)');
  assert.equal(await writer.session.foreignWrites(), 'unknown');
});

test('the last to close empties the -wal: what it held is not known', async (t) => {
  const { path, writer } = await changed(t, 'WAL');
  await killChild(writer);
  run(path, 'SELECT 1 FROM items');
  assert.equal(await writer.session.foreignWrites(), 'unknown');
});

/** Lines of /proc/locks of this process on the three files, without the number in front. */
function locks(path: string, pid: number): string[] {
  const inodes = [path, `${path}-wal`, `${path}-shm`]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.ino)
    .filter((inode) => inode !== undefined)
    .map(String);
  return (
    readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/).slice(1))
      .filter(([, , , owner, file]) => Number(owner) === pid && inodes.includes(file?.split(':')[2] ?? ''))
      // A reader's mark in the -shm is any of five bytes from 123.
      .map((fields) => fields.join(' ').replace(/ 12[3-7] 12[3-7]$/, ' reader'))
      .sort()
  );
}
