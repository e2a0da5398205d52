import assert from 'node:assert/strict';
import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ask, failure, items, openWriter, place, run } from './support.ts';

const sum = 'SELECT sum(n) FROM items';

test('all statements of a step are one transaction, announced with a changeset that takes it back', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const before = ask(at.path, sum);
  const { session, announced } = await openWriter(t, at);
  const { changes } = await session.execute(
    [
      { sql: 'UPDATE items SET n = n + 1 WHERE id <= 5; DELETE FROM items WHERE id = 9' },
      { sql: 'DELETE FROM items WHERE id = :id', params: { id: 10 }, changes: { min: 1, max: 1 } },
    ],
    'change',
  );
  assert.deepEqual(changes, [6, 1]);
  assert.equal(announced.length, 1);
  assert.equal(announced[0]?.rows, 7);
  assert.equal(announced[0]?.foreignWrites, 'none');
  const changeset = announced[0]?.changeset;
  assert.ok(changeset);
  await session.close();
  // The operations are inverted by hand: deleted rows are in the changeset with all their values.
  assert.ok(Buffer.from(changeset).includes('row 9'));
  assert.notEqual(ask(at.path, sum), before);
});

test('nothing is committed when the engine cannot make the announcement durable', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at, {
    announce: async () => {
      throw new Error('the journal is full');
    },
  });
  await assert.rejects(session.execute([{ sql: 'DELETE FROM items' }], 'destroy'), /the journal is full/);
  await session.close();
  assert.equal(ask(at.path, 'SELECT count(*) FROM items'), 1000);
});

test('nothing is committed while the announcement is under way', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  let seen: unknown;
  const { session } = await openWriter(t, at, {
    announce: async () => {
      seen = ask(at.path, 'SELECT count(*) FROM items');
    },
  });
  await session.execute([{ sql: 'DELETE FROM items' }], 'destroy');
  assert.equal(seen, 1000);
  assert.equal(ask(at.path, 'SELECT count(*) FROM items'), 0);
});

test('a transaction that changes nothing is neither announced nor committed', async (t) => {
  const at = place(t, items);
  const { session, announced } = await openWriter(t, at);
  assert.deepEqual(await session.execute([{ sql: 'DELETE FROM items WHERE id = -1' }], 'change'), {
    changes: [0],
  });
  assert.equal(announced.length, 0);
});

test('bounds are checked before COMMIT', async (t) => {
  const at = place(t, items);
  const { session, announced } = await openWriter(t, at);
  const many = await failure(
    session.execute([{ sql: 'DELETE FROM items', changes: { max: 10 } }], 'destroy'),
  );
  assert.equal(many.code, 'sqlite/changes-out-of-bounds');
  assert.match(many.message, /1,000 rows.*at most 10/);
  const few = await failure(
    session.execute([{ sql: 'DELETE FROM items WHERE id = 1', changes: { min: 2 } }], 'destroy'),
  );
  assert.match(few.message, /1 row, allowed are at least 2/);
  assert.equal(announced.length, 0);
  await session.close();
  assert.equal(ask(at.path, 'SELECT count(*) FROM items'), 1000);
});

test('a later statement that fails takes the earlier ones with it', async (t) => {
  const at = place(t, `${items} CREATE TABLE u (k TEXT UNIQUE);`);
  const { session } = await openWriter(t, at);
  const error = await failure(
    session.execute([{ sql: "DELETE FROM items; INSERT INTO u VALUES ('a'), ('a')" }], 'change'),
  );
  assert.equal(error.code, 'sqlite/constraint');
  assert.match(error.state ?? '', /nothing .* committed/);
  assert.deepEqual(await session.counts(['items']), [{ table: 'items', rows: 1000 }]);
});

test('DDL and rows that depend on it run in one transaction, without a changeset', async (t) => {
  const at = place(t, items);
  const { session, announced } = await openWriter(t, at);
  const { changes } = await session.execute(
    [{ sql: 'CREATE TABLE extra (id INTEGER PRIMARY KEY); INSERT INTO extra VALUES (1), (2)' }],
    'change',
  );
  assert.deepEqual(changes, [2]);
  assert.equal(announced[0]?.changeset, undefined);
  assert.equal(announced[0]?.withoutChangeset, 'it changes the schema');
});

for (const [title, schema, sql, reason] of [
  ['without a primary key', 'CREATE TABLE x (a)', 'INSERT INTO x VALUES (1)', /no primary key/],
  [
    'with NULL in its primary key',
    'CREATE TABLE x (a TEXT PRIMARY KEY); INSERT INTO x VALUES (NULL)',
    "INSERT INTO x VALUES ('v')",
    /primary key is NULL/,
  ],
  [
    'that gets NULL into its primary key',
    'CREATE TABLE x (a TEXT PRIMARY KEY)',
    'INSERT INTO x VALUES (NULL)',
    /primary key is NULL/,
  ],
  ['that is virtual', 'CREATE VIRTUAL TABLE x USING fts5(a)', "INSERT INTO x VALUES ('v')", /virtual/],
  [
    'without a key that a trigger writes',
    'CREATE TABLE x (id INTEGER PRIMARY KEY); CREATE TABLE log (a); CREATE TRIGGER r AFTER INSERT ON x BEGIN INSERT INTO log VALUES (new.id); END;',
    'INSERT INTO x VALUES (1)',
    /`log` has no primary key/,
  ],
  [
    'without a key that a cascade empties',
    'CREATE TABLE x (id INTEGER PRIMARY KEY); CREATE TABLE c (x REFERENCES x ON DELETE CASCADE); INSERT INTO x VALUES (1)',
    'DELETE FROM x',
    /`c` has no primary key/,
  ],
] as const) {
  test(`no changeset is kept for a table ${title}, and the reason is said`, async (t) => {
    const at = place(t, schema);
    const { session, announced } = await openWriter(t, at);
    await session.execute([{ sql }], 'change');
    assert.equal(announced[0]?.changeset, undefined);
    assert.match(announced[0]?.withoutChangeset ?? '', reason);
  });
}

test('a commit of another connection since our last transaction is proven', async (t) => {
  const at = place(t, `PRAGMA journal_mode = WAL; ${items}`);
  const { session, announced } = await openWriter(t, at);
  const once = () => session.execute([{ sql: 'UPDATE items SET n = n + 1 WHERE id = 1' }], 'change');
  await once();
  run(at.path, 'UPDATE items SET n = 0 WHERE id = 2');
  await once();
  await once();
  assert.deepEqual(
    announced.map(({ foreignWrites }) => foreignWrites),
    ['none', 'proven', 'none'],
  );
});

test('after a stopped child the file shows that nobody wrote', async (t) => {
  const at = place(t, items);
  const { session, announced, pids } = await openWriter(t, at);
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await session.execute([{ sql: 'DELETE FROM items WHERE id = 1' }], 'change').catch(() => {});
  await session.execute([{ sql: 'DELETE FROM items WHERE id = 2' }], 'change');
  assert.equal(announced.at(-1)?.foreignWrites, 'none');
  assert.equal(pids.length, 2);
});

test('values keep their kind: blobs, text with NUL, large and small integers, doubles', async (t) => {
  const at = place(t, 'CREATE TABLE v (id INTEGER PRIMARY KEY, a, b, c, d)');
  const { session } = await openWriter(t, at);
  const row = { id: 1, a: Uint8Array.of(0, 255), b: 'x\0y', c: Number.MAX_SAFE_INTEGER, d: 0.1 };
  await session.execute([{ sql: 'INSERT INTO v VALUES (:id, :a, :b, :c, :d)', params: row }], 'change');
  const limits = { maxRows: 10, maxBytes: 1000 };
  const { rows } = await session.query({ sql: 'SELECT * FROM v' }, limits);
  // Over IPC a Uint8Array arrives as a Buffer; only its bytes matter.
  assert.deepEqual({ ...rows[0], a: Buffer.from(Object(rows[0]).a) }, { ...row, a: Buffer.from(row.a) });
  const large = await failure(session.query({ sql: 'SELECT 9007199254740993 AS n' }, limits));
  assert.equal(large.code, 'sqlite/integer-too-large');
  const text = await session.query({ sql: 'SELECT CAST(9007199254740993 AS TEXT) AS n' }, limits);
  assert.equal(text.rows[0]?.n, '9007199254740993');
});

test('a bound whole number is an integer for SQLite, and a fraction is not', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  const { rows } = await session.query(
    { sql: 'SELECT typeof(:a) AS a, typeof(:b) AS b, typeof(:c) AS c', params: { a: 3, b: 3.5, c: 2 ** 40 } },
    { maxRows: 1, maxBytes: 100 },
  );
  assert.deepEqual(rows[0], { a: 'integer', b: 'real', c: 'integer' });
});

test('a query over its limits fails instead of being cut', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  const rows = await failure(session.query({ sql: 'SELECT * FROM items' }, { maxRows: 999, maxBytes: 1e6 }));
  assert.equal(rows.code, 'sqlite/too-many-rows');
  const bytes = await failure(
    session.query({ sql: 'SELECT zeroblob(2000) AS z' }, { maxRows: 1, maxBytes: 1000 }),
  );
  assert.match(bytes.message, /larger than 1.0 kB/);
});

test('parameters that are missing or not taken are refused; SQLite would bind NULL', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  for (const [sql, params] of [
    ['DELETE FROM items WHERE id = :id', {}],
    ['DELETE FROM items WHERE id = :id', { id: 1, other: 2 }],
    ['DELETE FROM items WHERE id = ?', { id: 1 }],
    ['DELETE FROM items WHERE id = :id', undefined],
  ] as const) {
    const error = await failure(session.execute([{ sql, ...(params ? { params } : {}) }], 'change'));
    assert.equal(error.code, 'sqlite/bad-parameters', sql);
  }
  assert.deepEqual(await session.counts(), [{ table: 'items', rows: 1000 }]);
});

test('a second statement is refused where SQLite would drop it in silence', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  const limits = { maxRows: 1, maxBytes: 100 };
  for (const sql of ['SELECT 1; SELECT 2', 'SELECT 1;; DELETE FROM items', '', ';', '-- nothing']) {
    const error = await failure(session.query({ sql }, limits));
    assert.equal(error.code, 'sqlite/more-than-one-statement', sql);
  }
  const bound = await failure(
    session.execute(
      [{ sql: 'DELETE FROM items WHERE id = :i; DELETE FROM items', params: { i: 1 } }],
      'change',
    ),
  );
  assert.equal(bound.code, 'sqlite/more-than-one-statement');
  assert.equal((await session.query({ sql: "SELECT ';' AS a; -- end" }, limits)).rows[0]?.a, ';');
});

test('names fill quoted places only, and must be in the schema', async (t) => {
  const at = place(t, `${items} CREATE TABLE "odd ""name" (a)`);
  const { session } = await openWriter(t, at);
  const limits = { maxRows: 1, maxBytes: 100 };
  const sql = `SELECT count(*) AS n, '"$t"' AS text FROM "$t"`;
  const { rows } = await session.query({ sql, names: { t: 'odd "name' } }, limits);
  assert.deepEqual(rows[0], { n: 0, text: '"$t"' });
  const near = await failure(session.query({ sql, names: { t: 'itmes' } }, limits));
  assert.equal(near.code, 'sqlite/unknown-name');
  assert.match(near.fix ?? '', /`items`/);
  assert.equal((await failure(session.query({ sql }, limits))).code, 'sqlite/unknown-name');
});

test('a temporary table ends with its step and cannot hide a real one from the next', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  await session.execute(
    [
      {
        sql: 'CREATE TEMP TABLE items (id); INSERT INTO items VALUES (1); DELETE FROM main.items WHERE id = 1',
      },
    ],
    'change',
  );
  assert.deepEqual(await session.counts(), [{ table: 'items', rows: 999 }]);
});

test('a file put in the place of the target is noticed before anything is committed', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  run(`${at.path}.new`, items);
  renameSync(`${at.path}.new`, at.path);
  const error = await failure(session.execute([{ sql: 'DELETE FROM items' }], 'destroy'));
  assert.equal(error.code, 'target/replaced');
  renameSync(at.path, `${at.path}.gone`);
  const gone = await failure(session.execute([{ sql: 'DELETE FROM items' }], 'destroy'));
  assert.match(gone.message, /removed or renamed/);
  assert.equal(existsSync(at.path), false);
});

test('triggers on full-text tables, as SQLite documents them, work under the settings of the child', async (t) => {
  const at = place(
    t,
    `CREATE TABLE doc (id INTEGER PRIMARY KEY, body TEXT); CREATE VIRTUAL TABLE idx USING fts5(body, content='doc', content_rowid='id');
     CREATE TRIGGER d AFTER INSERT ON doc BEGIN INSERT INTO idx(rowid, body) VALUES (new.id, new.body); END;`,
  );
  const { session } = await openWriter(t, at);
  await session.execute([{ sql: "INSERT INTO doc VALUES (1, 'hello world')" }], 'change');
  const { rows } = await session.query(
    { sql: "SELECT rowid FROM idx WHERE idx MATCH 'world'" },
    { maxRows: 5, maxBytes: 100 },
  );
  assert.deepEqual(rows, [{ rowid: 1 }]);
});

test('an inverted changeset restores the rows', async (t) => {
  const at = place(t, items);
  const { session, announced } = await openWriter(t, at);
  await session.execute([{ sql: "INSERT INTO items VALUES (5000, 1, 'new')" }], 'change');
  await session.close();
  run(at.path, 'DELETE FROM items WHERE id = 5000');
  const db = new DatabaseSync(at.path);
  t.after(() => db.close());
  assert.equal(db.applyChangeset(announced[0]?.changeset ?? new Uint8Array()), true);
  assert.equal(db.prepare('SELECT t FROM items WHERE id = 5000').get()?.t, 'new');
});
