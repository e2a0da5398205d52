import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, failure, items, openWriter, place, run } from './support.ts';

test('a prune deletes the rows that it counted, chunk by chunk, each chunk announced', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const { session, announced } = await openWriter(t, at);
  const selection = { table: 'ITEMS', where: 'n > :n -- all of them', params: { n: 750 } };
  assert.deepEqual(await session.pruneSelect(selection), {
    planned: 250,
    tableRows: 1000,
    tables: [{ table: 'items', planned: 250, tableRows: 1000, changed: 0 }],
  });
  // Becomes eligible later: stays. Is no longer eligible: stays.
  run(at.path, "INSERT INTO items VALUES (2000, 2000, 'late'); UPDATE items SET n = 0 WHERE id = 800");
  const chunks = [];
  for (;;) {
    const { deleted, remaining, lockedMs } = await session.pruneChunk(100);
    assert.ok(lockedMs > 0);
    chunks.push([deleted, remaining]);
    if (remaining === 0) break;
  }
  assert.deepEqual(chunks, [
    [99, 150],
    [100, 50],
    [50, 0],
  ]);
  assert.deepEqual(
    announced.map(({ effect, rows }) => [effect, rows]),
    [
      ['destroy', 99],
      ['destroy', 100],
      ['destroy', 50],
    ],
  );
  assert.ok(announced.every(({ changeset }) => changeset));
  assert.equal((await session.pruneChunk(100)).deleted, 0);
  await session.close();
  assert.equal(ask(at.path, 'SELECT count(*) FROM items WHERE id > 750'), 2);
});

test('tables without a rowid are pruned by their primary key', async (t) => {
  const at = place(
    t,
    "CREATE TABLE w (a TEXT, b INTEGER, v, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO w VALUES ('x', 1, 1), ('x', 2, 2), ('y', 1, 3)",
  );
  const { session } = await openWriter(t, at);
  const { planned, tableRows } = await session.pruneSelect({ table: 'w', where: "a = 'x'" });
  assert.deepEqual([planned, tableRows], [2, 3]);
  assert.equal((await session.pruneChunk(10)).deleted, 2);
  assert.deepEqual(await session.counts(), [{ table: 'w', rows: 1 }]);
});

test('a table whose columns hide the rowid is pruned all the same', async (t) => {
  const at = place(t, 'CREATE TABLE h (rowid TEXT, oid TEXT, v); INSERT INTO h VALUES (1, 1, 1), (1, 1, 2)');
  const { session } = await openWriter(t, at);
  await session.pruneSelect({ table: 'h', where: 'v = 2' });
  assert.equal((await session.pruneChunk(10)).deleted, 1);
});

test('declared cascades are followed', async (t) => {
  const at = place(
    t,
    `${items} CREATE TABLE child (id INTEGER PRIMARY KEY, item REFERENCES items ON DELETE CASCADE);
    CREATE INDEX by_item ON child (item); INSERT INTO child SELECT id, id FROM items`,
  );
  const { session } = await openWriter(t, at);
  await session.pruneSelect({ table: 'items', where: 'id <= 10', cascade: 'declared' });
  await session.pruneChunk(100);
  assert.deepEqual(await session.counts(), [
    { table: 'child', rows: 990 },
    { table: 'items', rows: 990 },
  ]);
  assert.deepEqual((await session.check('quick', { foreignKeys: true })).problems, []);
});

const children = (count: number): string =>
  `${items} CREATE TABLE child (id INTEGER PRIMARY KEY, a, item REFERENCES items);
   WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${count}) INSERT INTO child SELECT x, 0, NULL FROM c;`;

test('a large child table without an index stops the prune before it begins, with the index that would help', async (t) => {
  const at = place(t, children(1001));
  const { session, announced } = await openWriter(t, at);
  const error = await failure(session.pruneSelect({ table: 'items', where: '1' }));
  assert.equal(error.code, 'sqlite/unindexed-child');
  assert.match(error.message, /`child` \(1,001 rows\) refers to `items` by `item`/);
  assert.equal(error.fix, 'CREATE INDEX "child_item" ON "child" ("item")');
  assert.equal(announced.length, 0);
  run(at.path, error.fix ?? '');
  assert.equal((await session.pruneSelect({ table: 'items', where: '1' })).planned, 1000);
});

test('a small child table may be scanned', async (t) => {
  const at = place(t, children(1000));
  const { session } = await openWriter(t, at);
  await session.pruneSelect({ table: 'items', where: 'id = 1' });
  assert.equal((await session.pruneChunk(1)).deleted, 1);
});

test('the predicate is one expression that only reads', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  for (const where of [
    '1) OR (1',
    '1; DELETE FROM items',
    '',
    '1 /*',
    "n IN (SELECT load_extension('x'))",
    "'",
    '1) UNION SELECT 1 --',
  ]) {
    const error = await failure(session.pruneSelect({ table: 'items', where }));
    assert.match(error.code, /^sqlite\/(syntax|refused|more-than-one-statement)$/, where);
  }
  assert.equal(
    (await failure(session.pruneSelect({ table: 'itms', where: '1' }))).code,
    'sqlite/no-such-table',
  );
  run(at.path, 'CREATE VIEW v AS SELECT * FROM items');
  assert.match((await failure(session.pruneSelect({ table: 'v', where: '1' }))).message, /is a view/);
  assert.deepEqual(await session.counts(), [{ table: 'items', rows: 1000 }]);
});

test('a selection that is lost with its process is said, never guessed', async (t) => {
  const at = place(t, items);
  const { session, pids } = await openWriter(t, at);
  await session.pruneSelect({ table: 'items', where: '1' });
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await session.counts().catch(() => {});
  assert.match((await failure(session.pruneChunk(1))).message, /selection/);
});
