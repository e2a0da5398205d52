import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentHash } from '../../../../src/sqlite/child/operations/content-hash.ts';

type Sql = string | readonly string[];

function hashOf(...sql: Sql[]): string {
  using db = new DatabaseSync(':memory:');
  for (const text of sql.flat()) db.exec(text);
  return contentHash(db);
}

/** Literals that some database or language takes for equal. */
const distinctValues = [
  'NULL',
  "''",
  "x''",
  '0',
  '0.0',
  "'0'",
  "x'30'",
  '1',
  '1.0',
  "'1'",
  "'1.0'",
  '-1',
  "'NULL'",
  "x'00'",
  'char(0)',
  "'a' || char(0)",
  "'a' || char(0) || 'b'",
  "'a'",
  "x'61'",
  '9223372036854775807',
  '9223372036854775806',
  '9007199254740993',
  '9007199254740992',
  '9007199254740992.0',
  '-9223372036854775808',
  '-9223372036854775808.0',
  '9e999',
  '-9e999',
  "CAST(x'ff' AS TEXT)",
  "CAST(x'fe' AS TEXT)",
  "CAST(x'efbfbd' AS TEXT)",
  "CAST(x'eda080' AS TEXT)",
  "CAST(x'eda081' AS TEXT)",
  "CAST(x'c0af' AS TEXT)",
  "CAST(x'efbbbf61' AS TEXT)",
  "x'ff'",
  "'é'",
  "'e\u0301'",
  '1e-320',
  '2e-320',
  '0.1',
  '0.10000000000000002',
];

test('every two different values give different hashes, in every kind of table', () => {
  for (const shape of [
    't(v)',
    't(id INTEGER PRIMARY KEY, v)',
    "t(id TEXT PRIMARY KEY DEFAULT 'k', v) WITHOUT ROWID",
  ]) {
    const seen = new Map<string, string>();
    for (const value of distinctValues) {
      const hash = hashOf(`CREATE TABLE ${shape}; INSERT INTO t(v) VALUES(${value})`);
      assert.equal(seen.get(hash), undefined, `${value} and ${seen.get(hash)} in ${shape}`);
      seen.set(hash, value);
    }
  }
});

test('a value moved to another column, row or table gives another hash', () => {
  const make = (sql: string) => hashOf('CREATE TABLE a(x, y); CREATE TABLE b(x, y)', sql);
  const hashes = [
    "INSERT INTO a VALUES('ab', 'c')",
    "INSERT INTO a VALUES('a', 'bc')",
    "INSERT INTO a VALUES('abc', '')",
    "INSERT INTO b VALUES('ab', 'c')",
    "INSERT INTO a VALUES('ab', 'c'), ('ab', 'c')",
    "INSERT INTO a VALUES('ab', 'c'), ('ab', 'c'), ('ab', 'c')",
    "INSERT INTO a VALUES('c', 'ab')",
    'SELECT 1',
  ].map(make);
  assert.equal(new Set(hashes).size, hashes.length);
});

test('schema, application_id and user_version count; ANALYZE and implicit rowids do not', () => {
  const table = "CREATE TABLE t(a, b); INSERT INTO t VALUES('x', 1), ('y', 2)";
  const base = hashOf(table);
  assert.notEqual(hashOf(table, 'PRAGMA user_version = 1'), base);
  assert.notEqual(hashOf(table, 'PRAGMA application_id = 1'), base);
  assert.notEqual(hashOf(table, 'CREATE INDEX i ON t(a)'), base);
  assert.notEqual(hashOf(table, 'CREATE VIEW v AS SELECT a FROM t'), base);
  assert.equal(hashOf("CREATE TABLE t(a, b); INSERT INTO t VALUES('y', 2), ('x', 1)"), base);
  assert.equal(
    hashOf("CREATE TABLE t(a, b); INSERT INTO t(rowid, a, b) VALUES(70, 'y', 2), (5, 'x', 1)"),
    base,
  );
  const indexed = [table, 'CREATE INDEX i ON t(a)'];
  assert.equal(hashOf(indexed, 'ANALYZE'), hashOf(indexed));
});

test('sqlite_sequence counts', () => {
  const table = 'CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v); INSERT INTO t(v) VALUES(1)';
  assert.notEqual(hashOf(table, 'INSERT INTO t(v) VALUES(2); DELETE FROM t WHERE id = 2'), hashOf(table));
});

test('rows whose primary key holds NULLs, also several, count in any order', () => {
  const make = (rows: string) =>
    hashOf(`CREATE TABLE t(a, b, v, PRIMARY KEY(a, b)); INSERT INTO t VALUES ${rows}`);
  assert.equal(
    make("(NULL, 1, 'x'), (NULL, 1, 'y'), (1, 1, 'z')"),
    make("(1, 1, 'z'), (NULL, 1, 'y'), (NULL, 1, 'x')"),
  );
  assert.notEqual(make("(NULL, 1, 'x'), (NULL, 1, 'y')"), make("(NULL, 1, 'x'), (NULL, 1, 'x')"));
});

test('descending keys, collations and stored generated columns hash alike after VACUUM', () => {
  using db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE t(a TEXT COLLATE NOCASE, b, s AS (a || b) STORED, v AS (b + 1), PRIMARY KEY(a DESC, b));
    INSERT INTO t(a, b) VALUES('A', 1), ('b', 2), ('C', 3), (NULL, 4); DELETE FROM t WHERE b = 2`);
  const before = contentHash(db);
  db.exec('VACUUM; REINDEX');
  assert.equal(contentHash(db), before);
  db.exec("UPDATE t SET b = 9 WHERE a = 'C'");
  assert.notEqual(contentHash(db), before);
});

test('virtual tables are read through: their rows and rowids count, their shadow tables do not', () => {
  const make = (...sql: string[]) =>
    hashOf('CREATE VIRTUAL TABLE f USING fts5(x); CREATE VIRTUAL TABLE r USING rtree(id, a, b)', sql);
  const base = make("INSERT INTO f(rowid, x) VALUES(1, 'one'), (2, 'two'); INSERT INTO r VALUES(1, 0, 1)");
  const merged = make(
    "INSERT INTO f(rowid, x) VALUES(2, 'two')",
    "INSERT INTO f(rowid, x) VALUES(1, 'one')",
    "INSERT INTO r VALUES(1, 0, 1); INSERT INTO f(f) VALUES('optimize')",
  );
  assert.equal(merged, base);
  assert.notEqual(
    make("INSERT INTO f(rowid, x) VALUES(1, 'one'), (3, 'two'); INSERT INTO r VALUES(1, 0, 1)"),
    base,
  );
  assert.notEqual(
    make("INSERT INTO f(rowid, x) VALUES(1, 'one'), (2, 'two'); INSERT INTO r VALUES(1, 0, 2)"),
    base,
  );
});

test('names that need quoting, and names that are no ASCII, are read', () => {
  const hash = hashOf(
    'CREATE TABLE "a""b \ufffd"("c""d" PRIMARY KEY, "é"); INSERT INTO "a""b \ufffd" VALUES(1, 2)',
  );
  assert.notEqual(
    hash,
    hashOf('CREATE TABLE "a""b \ufffd"("c""d" PRIMARY KEY, "é"); INSERT INTO "a""b \ufffd" VALUES(1, 3)'),
  );
});

test('values longer than the buffer count to their last byte', () => {
  const make = (value: string) => hashOf(`CREATE TABLE t(v); INSERT INTO t VALUES(${value})`);
  const ordered = (value: string) =>
    hashOf(`CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t(v) VALUES(${value})`);
  for (const hash of [make, ordered]) {
    assert.notEqual(hash("hex(zeroblob(400000)) || 'a'"), hash("hex(zeroblob(400000)) || 'b'"));
    assert.notEqual(hash('zeroblob(700000)'), hash('zeroblob(700001)'));
  }
});

test('a hash inside an open transaction leaves it open', () => {
  using db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t(v); BEGIN; INSERT INTO t VALUES(1)');
  contentHash(db);
  assert.equal(db.isTransaction, true);
  db.exec('ROLLBACK');
  assert.equal(db.isTransaction, false);
});

test('VACUUM, page size, encoding of pages and the backup API never change the hash; one changed cell always does', async () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.double(),
    fc.constantFrom(-0, 0, Number.POSITIVE_INFINITY),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 300 }),
  );
  const rows = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 30 });
  const shape = fc.constantFrom(
    't(id INTEGER PRIMARY KEY, a, b REAL, c TEXT)',
    't(a, b REAL, c TEXT)',
    't(a INTEGER, b NUMERIC, c BLOB)',
    't(id INTEGER DEFAULT 0, a, b, c, PRIMARY KEY(id, a, b, c))',
  );
  const folder = mkdtempSync(join(tmpdir(), 'belay-hash-'));
  try {
    await fc.assert(
      fc.asyncProperty(shape, rows, fc.constantFrom(512, 8192), async (table, given, pageSize) => {
        const copy = join(folder, 'copy.db');
        rmSync(copy, { force: true });
        using db = new DatabaseSync(':memory:');
        db.exec(`CREATE TABLE ${table}; CREATE INDEX i ON t(b)`);
        const insert = db.prepare('INSERT OR IGNORE INTO t(a, b, c) VALUES(?, ?, ?)');
        for (const row of given) insert.run(...row);
        const before = contentHash(db);
        db.exec(`PRAGMA page_size = ${pageSize}; VACUUM; REINDEX`);
        assert.equal(contentHash(db), before);
        await backup(db, copy);
        using copied = new DatabaseSync(copy);
        assert.equal(contentHash(copied), before);
        copied.exec(
          "UPDATE t SET a = CASE typeof(a) WHEN 'text' THEN a || 'x' ELSE 'changed' END WHERE rowid = (SELECT min(rowid) FROM t)",
        );
        assert.notEqual(contentHash(copied), before);
      }),
      { numRuns: 60 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
