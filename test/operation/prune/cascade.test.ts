import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import {
  type PruneRequest,
  previewPrune,
  prune,
  renameRolledBackArchive,
} from '../../../src/operation/prune/index.ts';
import { ask, failure, openWriter, place, run } from '../../target/sqlite/support.ts';
import { elspeth, elspethChildren, elspethDeletes } from './elspeth.ts';

const work = { signal: new AbortController().signal, onProgress: () => {}, onStop: () => {} };

function request(table: string, where: string, more: Partial<PruneRequest> = {}): PruneRequest {
  return { table, rows: { where, params: {}, names: {} }, maxShare: 1, lockTargetMs: 50, ...more };
}

function archiveAt(to: string, format: 'jsonl' | 'csv' | 'sql' = 'jsonl'): Pick<PruneRequest, 'archive'> {
  return { archive: { to, format, run: 'run-1', step: 'prune' } };
}

async function opened(t: TestContext, sql: string) {
  const at = place(t, sql);
  return { at, ...(await openWriter(t, at, { busyTimeoutMs: 2000 })) };
}

const old = "started_at < datetime('now', '-90 days')";

for (const declared of [true, false]) {
  test(`the retention delete of elspeth is one step instead of nine statements, ${declared ? 'by declared keys' : 'by `children`'}`, async (t) => {
    const { at, session } = await opened(t, elspeth({ declared, indexed: true, runs: 60 }));
    const expected = join(at.scratch, 'expected.db');
    await session.checkpoint();
    copyFileSync(at.path, expected);
    const reference = new DatabaseSync(expected);
    reference.exec(`PRAGMA foreign_keys = OFF; ${elspethDeletes}`);
    reference.close();
    const hash = await session.contentHash();
    const to = join(at.scratch, 'archive');
    const wanted = request('runs', old, {
      ...(declared ? { cascade: 'declared' } : { children: elspethChildren }),
      ...archiveAt(to),
    });
    const preview = await previewPrune(session, wanted);
    const { tables } = await prune(session, wanted, work);
    assert.equal(tables.length, 10);
    assert.deepEqual(
      preview.tables.map(({ table, planned }) => [table, planned]),
      tables.map(({ table, deleted }) => [table, deleted]),
    );
    for (const { table, deleted, archived } of tables) {
      assert.ok(deleted > 0, table);
      assert.equal(archived, deleted, table);
      assert.equal(
        ask(at.path, `SELECT count(*) FROM ${table}`),
        ask(expected, `SELECT count(*) FROM ${table}`),
        table,
      );
    }
    assert.deepEqual((await session.check('integrity', { foreignKeys: true })).problems, []);
    await session.importRows(to);
    assert.equal(await session.contentHash(), hash);
  });
}

test('a child table without an index is named with the index that would help, and read whole only when told', async (t) => {
  const { at, session, announced } = await opened(t, elspeth({ declared: true, indexed: false, runs: 90 }));
  const wanted = request('runs', old, { cascade: 'declared' });
  const error = await failure(prune(session, wanted, work));
  assert.equal(error.code, 'sqlite/unindexed-child');
  assert.match(error.fix ?? '', /^CREATE INDEX /);
  assert.equal(announced.length, 0);
  const { tables } = await prune(session, { ...wanted, allowScan: true }, work);
  assert.ok(tables.every(({ deleted }) => deleted > 0));
  assert.equal(ask(at.path, 'SELECT count(*) FROM pragma_foreign_key_check'), 0);
});

test('an index that SQLite cannot use for the comparison is no index', async (t) => {
  const { session } = await opened(
    t,
    `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p TEXT REFERENCES p ON DELETE CASCADE); CREATE INDEX c_p ON c (p);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1200) INSERT INTO p SELECT i FROM n;
     INSERT INTO c SELECT '00' || id FROM p;`,
  );
  const wanted = request('p', 'id <= 10', { cascade: 'declared' });
  const error = await failure(prune(session, wanted, work));
  assert.equal(error.code, 'sqlite/unindexed-child');
  assert.match(error.message, /where no index helps/);
  const { tables } = await prune(session, { ...wanted, allowScan: true }, work);
  assert.deepEqual(
    tables.map(({ deleted }) => deleted),
    [10, 10],
  );
});

for (const [parent, child, isScanned] of [
  ['NOCASE', 'BINARY', true],
  ['BINARY', 'NOCASE', false],
] as const) {
  test(`children are those that SQLite itself compares equal: ${parent} parent, ${child} child`, async (t) => {
    const { at, session } = await opened(
      t,
      `CREATE TABLE p (id TEXT COLLATE ${parent} PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p TEXT COLLATE ${child} REFERENCES p);
       CREATE INDEX c_p ON c (p); INSERT INTO p VALUES ('a'), ('z'); INSERT INTO c (p) VALUES ('a'), ('z');
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1200) INSERT INTO c (p) SELECT NULL FROM n;
       ${isScanned ? "INSERT INTO c (p) VALUES ('A')" : "INSERT INTO p VALUES ('A'); INSERT INTO c (p) VALUES ('A')"};`,
    );
    const wanted = request('p', "id = 'a' COLLATE BINARY", { cascade: 'declared' });
    if (isScanned) assert.equal((await failure(prune(session, wanted, work))).code, 'sqlite/unindexed-child');
    const { tables } = await prune(session, { ...wanted, allowScan: isScanned }, work);
    assert.deepEqual(
      tables.map(({ deleted }) => deleted),
      [1, isScanned ? 2 : 1],
    );
    assert.equal(ask(at.path, 'SELECT count(*) FROM pragma_foreign_key_check'), 0);
  });
}

test('bounds hold for each table and for all of them together', async (t) => {
  const { session, announced } = await opened(t, elspeth({ declared: true, indexed: true, runs: 60 }));
  const wanted = request('runs', old, { cascade: 'declared' });
  assert.equal(
    (await failure(prune(session, { ...wanted, maxRows: 100 }, work))).code,
    'action/too-many-rows',
  );
  assert.equal(
    (await failure(prune(session, { ...wanted, maxShare: 0.1 }, work))).code,
    'action/share-exceeded',
  );
  const { lines } = await previewPrune(session, { ...wanted, maxRows: 100, maxShare: 0.1 });
  assert.match(lines[0] ?? '', /refused: `maxRows` allows 100$/);
  assert.match(lines[1] ?? '', /refused: `maxShare` allows 10 %$/);
  assert.equal(announced.length, 0);
});

test('without a cascade, rows that others point to stand in the way', async (t) => {
  const { session, announced } = await opened(t, elspeth({ declared: true, indexed: true, runs: 10 }));
  const error = await failure(prune(session, request('runs', old), work));
  assert.equal(error.code, 'action/has-children');
  assert.match(error.fix ?? '', /cascade: declared/);
  // A part of the children is not enough.
  const part = await failure(
    prune(session, request('runs', old, { children: elspethChildren.slice(0, 5) }), work),
  );
  assert.equal(part.code, 'action/has-children');
  assert.equal(announced.length, 0);
});

test('rows under SET NULL stay, are counted and said', async (t) => {
  const { at, session } = await opened(
    t,
    `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE SET NULL);
     CREATE INDEX c_p ON c (p); INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 1), (2, 1), (3, 2);`,
  );
  const to = join(at.scratch, 'archive');
  const wanted = request('p', 'id = 1', { cascade: 'declared', ...archiveAt(to) });
  assert.match(
    (await previewPrune(session, wanted)).lines[1] ?? '',
    /2 rows would stay and lose their reference/,
  );
  const { tables } = await prune(session, wanted, work);
  assert.deepEqual(
    tables.map(({ table, deleted, changed }) => [table, deleted, changed]),
    [
      ['p', 1, 0],
      ['c', 0, 2],
    ],
  );
  assert.equal(ask(at.path, 'SELECT count(*) FROM c WHERE p IS NULL'), 2);
  assert.deepEqual(JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8')).changed, { c: 2 });
});

const parents = `CREATE TABLE p (id INTEGER PRIMARY KEY, at INTEGER);
  CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE CASCADE); CREATE INDEX c_p ON c (p);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) INSERT INTO p SELECT i, 0 FROM n;
  INSERT INTO c SELECT id, id FROM p;`;

test('what others add meanwhile stays: new rows of the predicate, and rows with children that were not counted', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${parents}`);
  let isFirst = true;
  const { session } = await openWriter(t, at, {
    busyTimeoutMs: 2000,
    announce: async () => {
      isFirst = false;
    },
  });
  const wanted = request('p', 'at = 0', {
    cascade: 'declared',
    lockTargetMs: 0.001,
    ...archiveAt(join(at.scratch, 'a')),
  });
  let isAdded = false;
  const { tables, kept } = await prune(session, wanted, {
    ...work,
    onProgress: () => {
      if (isFirst || isAdded) return;
      isAdded = true;
      run(
        at.path,
        'INSERT INTO p VALUES (5000, 0); INSERT INTO c VALUES (7001, 999), (7002, 1000), (7003, 5000);',
      );
    },
  });
  assert.equal(kept, 2);
  assert.deepEqual(
    tables.map(({ planned, deleted }) => [planned, deleted]),
    [
      [1000, 998],
      [1000, 998],
    ],
  );
  assert.equal(ask(at.path, 'SELECT group_concat(id) FROM (SELECT id FROM p ORDER BY id)'), '999,1000,5000');
  assert.equal(ask(at.path, 'SELECT count(*) FROM c'), 5);
});

test('a chunk that would not fit one record of changes is made smaller', async (t) => {
  const { session, announced } = await opened(
    t,
    `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p, n INTEGER, v BLOB, PRIMARY KEY (p, n)) WITHOUT ROWID;
     INSERT INTO p VALUES (1), (2), (3), (4), (5), (6);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10) INSERT INTO c SELECT id, i, randomblob(500000) FROM p, n;`,
  );
  const { chunks } = await prune(
    session,
    request('p', '1', { cascade: 'declared', lockTargetMs: 100_000 }),
    work,
  );
  assert.ok(chunks >= 2, `${chunks} chunks`);
  assert.ok(announced.every(({ changeset }) => changeset !== undefined));
});

test('a trigger that keeps rows stops the prune, and nothing of the chunk is deleted', async (t) => {
  const { at, session } = await opened(
    t,
    `${parents} CREATE TRIGGER keep BEFORE DELETE ON c WHEN old.id = 7 BEGIN SELECT RAISE(IGNORE); END;`,
  );
  const to = join(at.scratch, 'a');
  const error = await failure(
    prune(session, request('p', 'id < 20', { cascade: 'declared', ...archiveAt(to) }), work),
  );
  assert.equal(error.code, 'sqlite/constraint');
  assert.equal(ask(at.path, 'SELECT count(*) FROM p'), 1000);
  assert.equal(readFileSync(join(to, 'chunks.jsonl'), 'utf8'), '');
});

test('an archive with one flipped bit, cut short, or without a file is refused, and nothing is loaded', async (t) => {
  const { at, session, announced } = await opened(t, parents);
  for (const format of ['jsonl', 'csv', 'sql'] as const) {
    const to = join(at.scratch, format);
    await prune(
      session,
      request('p', `id BETWEEN ${announced.length * 50} AND ${announced.length * 50 + 20}`, {
        cascade: 'declared',
        ...archiveAt(to, format),
      }),
      work,
    );
    announced.length += 1;
    const file = join(to, `01-p.${format}`);
    const good = readFileSync(file);
    for (let i = 0; i < good.length; i += 7) {
      const bad = Buffer.from(good);
      bad[i] = (bad[i] ?? 0) ^ (1 << (i % 8));
      writeFileSync(file, bad);
      assert.equal((await failure(session.importRows(to))).code, 'action/archive-damaged');
    }
    writeFileSync(file, good.subarray(0, -1));
    assert.equal((await failure(session.importRows(to))).code, 'action/archive-damaged');
    renameSync(file, `${file}.away`);
    assert.equal((await failure(session.importRows(to))).code, 'action/archive-damaged');
    writeFileSync(file, good);
    assert.ok((await session.importRows(to)).tables.every(({ loaded }) => loaded > 0));
  }
  assert.equal((await failure(session.importRows(at.scratch))).code, 'action/unreadable-file');
});

test('rows that are there with other values are listed, and nothing is loaded', async (t) => {
  const { at, session } = await opened(t, parents);
  const to = join(at.scratch, 'a');
  await prune(session, request('p', 'id <= 5', { cascade: 'declared', ...archiveAt(to) }), work);
  run(at.path, 'INSERT INTO p VALUES (3, 99); INSERT INTO c VALUES (4, NULL)');
  const error = await failure(session.importRows(to));
  assert.equal(error.code, 'action/archive-conflict');
  assert.match(error.message, /^2 rows of the archive .* `p` id = 3: is there with other values; `c` id = 4/);
  assert.equal(ask(at.path, 'SELECT count(*) FROM p'), 996);
  run(at.path, 'DELETE FROM p WHERE id = 3; DELETE FROM c WHERE id = 4; ALTER TABLE p ADD COLUMN extra');
  assert.match((await failure(session.importRows(to))).message, /also `extra`/);
});

test('a folder that holds something else takes no archive, and nothing is deleted', async (t) => {
  const { at, session, announced } = await opened(t, parents);
  const wanted = request('p', 'id <= 5', { cascade: 'declared', ...archiveAt(at.scratch) });
  writeFileSync(join(at.scratch, 'mine.txt'), 'x');
  assert.equal((await failure(prune(session, wanted, work))).code, 'action/archive-in-use');
  const to = join(at.scratch, 'a');
  await prune(session, { ...wanted, ...archiveAt(to) }, work);
  const other = { to, format: 'jsonl', run: 'run-2', step: 'prune' } as const;
  const count = announced.length;
  const error = await failure(
    prune(session, { ...wanted, rows: { where: 'id = 9', params: {}, names: {} }, archive: other }, work),
  );
  assert.equal(error.code, 'action/archive-in-use');
  assert.equal(announced.length, count);
  const file = join(at.scratch, 'mine.txt', 'a');
  assert.equal(
    (
      await failure(
        prune(
          session,
          { ...wanted, rows: { where: 'id = 9', params: {}, names: {} }, ...archiveAt(file) },
          work,
        ),
      )
    ).code,
    'action/unwritable-file',
  );
});

test('the archive of a run that was rolled back is renamed so', (t) => {
  const { scratch } = place(t);
  const folder = join(scratch, 'run-1');
  assert.equal(renameRolledBackArchive(folder), undefined);
  mkdirSync(folder);
  assert.equal(renameRolledBackArchive(`${folder}/`), `${folder}.rolled-back`);
  assert.equal(renameRolledBackArchive(folder), undefined);
  mkdirSync(folder);
  assert.equal(renameRolledBackArchive(folder), `${folder}.rolled-back-2`);
  assert.ok(existsSync(`${folder}.rolled-back`) && !existsSync(folder));
});
