// A session that keeps every other connection away, and what the others see of it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Failure } from '../../../src/diagnostic/index.ts';
import { closeConnection, openConnection } from '../../../src/sqlite/child/connection.ts';
import { openForRestore, takeExclusive } from '../../../src/sqlite/child/exclusive.ts';
import { restore } from '../../../src/sqlite/child/operations/restore.ts';
import { sqliteDriver } from '../../../src/target/sqlite/index.ts';
import { readCommitMark } from '../../../src/target/sqlite/read-commit-mark.ts';
import { ask, failure, holder, items, openWriter, place, run } from './support.ts';

const alter = [{ sql: 'ALTER TABLE items ADD COLUMN more TEXT' }];
const write = 'UPDATE items SET n = 0 WHERE id = 1';

for (const mode of ['WAL', 'DELETE']) {
  test(`others neither read nor write during the span, and go on afterwards (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const { session, announced } = await openWriter(t, at);
    await session.setExclusive(true);
    await session.execute(alter, 'change');
    assert.throws(() => run(at.path, write), /locked/);
    assert.throws(() => ask(at.path, 'SELECT count(*) FROM items'), /locked/);
    assert.equal(announced[0]?.foreignWrites, 'none');
    assert.equal(await session.foreignWrites(), 'none');
    await session.setExclusive(false);
    run(at.path, write);
    assert.equal(await session.foreignWrites(), 'proven');
    await session.close();
    assert.equal(ask(at.path, 'PRAGMA journal_mode'), mode.toLowerCase());
    assert.equal((await sqliteDriver.probe(at.spec)).condition, 'ok');
  });

  test(`a session that ends without giving back leaves a usable database (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const { session } = await openWriter(t, at);
    await session.setExclusive(true);
    await session.execute(alter, 'change');
    await session.close();
    assert.equal((await sqliteDriver.probe(at.spec)).condition, 'ok');
    run(at.path, write);
    assert.equal(ask(at.path, 'SELECT n FROM items WHERE id = 1'), 0);
  });

  test(`who holds the database is named, and may stay (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const other = await holder(t, at.path, 'BEGIN; SELECT * FROM items');
    const { session } = await openWriter(t, at);
    const error = await failure(session.setExclusive(true));
    assert.equal(error.code, 'target/in-use');
    assert.match(error.message, new RegExp(`pid ${other.pid}`));
    // The locking is as before.
    assert.equal(ask(at.path, 'SELECT count(*) FROM items'), 1000);
  });

  test(`who is in the middle of a write is named too (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const { session } = await openWriter(t, at, { busyTimeoutMs: 200 });
    const other = await holder(t, at.path, `BEGIN EXCLUSIVE; ${write}`);
    const error = await failure(session.setExclusive(true));
    assert.match(error.message, new RegExp(`pid ${other.pid}`));
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('exit', resolve));
    await session.setExclusive(true);
    assert.throws(() => run(at.path, write), /locked/);
  });

  test(`the next child takes it again, and knows that nobody wrote (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const { session, pids } = await openWriter(t, at);
    await session.setExclusive(true);
    await session.execute(alter, 'change');
    await session.execute([{ sql: 'UPDATE items SET n = 3' }], 'change');
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await failure(session.counts());
    assert.equal(await session.foreignWrites(), 'none');
    assert.throws(() => run(at.path, write), /locked/);
  });

  test(`the next child fails while somebody else is there (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const { session, pids } = await openWriter(t, at);
    await session.setExclusive(true);
    await session.execute(alter, 'change');
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await failure(session.counts());
    const other = await holder(t, at.path, `${write}; BEGIN; SELECT * FROM items`);
    const error = await failure(session.execute([{ sql: 'UPDATE items SET n = 3' }], 'change'));
    assert.equal(error.code, 'target/in-use');
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('exit', resolve));
    assert.equal(await session.foreignWrites(), 'proven');
  });

  test(`a restore inside the span is proven, and the span goes on (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const { session } = await openWriter(t, at, { busyTimeoutMs: 500 });
    await session.setExclusive(true);
    const copy = join(at.scratch, 'copy.db');
    await session.snapshot(copy);
    await session.execute(alter, 'change');
    await session.restoreFrom(copy);
    assert.equal((await session.schema()).tables[0]?.columns.length, 3);
    assert.equal(await session.foreignWrites(), 'none');
    assert.throws(() => run(at.path, write), /locked/);
    await session.restoreFrom(copy, { letsOthersIn: true });
    run(at.path, write);
  });

  test(`a commit of others at the moment of a restore is found out (${mode})`, async (t) => {
    const at = place(t, `PRAGMA journal_mode = ${mode}; ${items}`);
    const copy = join(at.scratch, 'copy.db');
    run(at.path, `VACUUM INTO '${copy}'`);
    const open = { target: 'db', path: at.path, mode: 'write', busyTimeoutMs: 1000 } as const;
    const connection = openConnection(open);
    t.after(() => closeConnection(connection));
    for (const isDisturbed of [false, true]) {
      takeExclusive(connection);
      const opened = await openForRestore(connection, () => readCommitMark(at.path));
      if (isDisturbed) spawnSync(process.execPath, ['-e', elsewhere, at.path, write]);
      let failure: Failure | undefined;
      await restore(connection.db, {
        livePath: at.path,
        from: copy,
        busyTimeoutMs: 1000,
        onWritten: async () => {
          failure = await opened.check();
          return undefined;
        },
      });
      assert.equal(failure?.code, isDisturbed ? 'target/written-during-restore' : undefined);
      opened.close();
    }
  });
}

const elsewhere =
  "const { DatabaseSync } = require('node:sqlite'); new DatabaseSync(process.argv[1]).exec(process.argv[2])";
