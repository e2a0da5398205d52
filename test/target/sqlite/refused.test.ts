import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, failure, items, openWriter, place } from './support.ts';

const schema = `PRAGMA journal_mode = WAL; ${items}
  CREATE VIEW v AS SELECT * FROM items;
  CREATE INDEX by_n ON items (n);
  CREATE TABLE log (id INTEGER PRIMARY KEY, a);`;

/** What a runbook may neither run nor compile. OUT stands for a file that must not come to be. */
const refused = [
  "ATTACH 'OUT' AS x",
  "ATTACH DATABASE ':memory:' AS x",
  "ATTACH '' AS x",
  "EXPLAIN ATTACH 'OUT' AS x",
  'DETACH main',
  "VACUUM INTO 'OUT'",
  "/* c */ VACUUM main INTO 'OUT'",
  "vacuum/**/into 'OUT'",
  'VACUUM',
  "EXPLAIN VACUUM INTO 'OUT'",
  "EXPLAIN QUERY PLAN VACUUM INTO 'OUT'",
  "SELECT load_extension('OUT')",
  "SELECT LOAD_EXTENSION('OUT', 'x')",
  "WITH a AS (SELECT load_extension('OUT') AS x) SELECT * FROM a",
  "SELECT fts3_tokenizer('simple')",
  "SELECT fts3_tokenizer('simple', x'00')",
  'PRAGMA writable_schema = ON',
  'PRAGMA writable_schema = RESET',
  'PRAGMA main.writable_schema(1)',
  'PRAGMA journal_mode = OFF',
  'PRAGMA journal_mode(DELETE)',
  'PRAGMA synchronous = OFF',
  'PRAGMA foreign_keys = OFF',
  'PRAGMA ignore_check_constraints = 1',
  'PRAGMA trusted_schema = ON',
  'PRAGMA schema_version = 1',
  "PRAGMA temp_store_directory = '/tmp'",
  "PRAGMA data_store_directory = '/tmp'",
  'PRAGMA locking_mode = EXCLUSIVE',
  'PRAGMA mmap_size = 1000000000',
  'PRAGMA cache_size = -1000000',
  'PRAGMA query_only = 0',
  'PRAGMA wal_checkpoint(TRUNCATE)',
  'PRAGMA page_size = 512',
  "PRAGMA key = 'x'",
  'PRAGMA legacy_alter_table = ON',
  'PRAGMA recursive_triggers = OFF',
  'PRAGMA cell_size_check = OFF',
  'PRAGMA optimize',
  'PRAGMA shrink_memory',
  'SELECT * FROM pragma_optimize',
  'SELECT * FROM pragma_locking_mode',
  'BEGIN',
  'BEGIN EXCLUSIVE',
  'COMMIT',
  'END',
  'ROLLBACK',
  'SAVEPOINT a',
  'RELEASE a',
  'ROLLBACK TO a',
  '-- quiet\nCOMMIT',
  ';;COMMIT',
  'DELETE FROM items; COMMIT; DELETE FROM log',
  "CREATE TRIGGER r AFTER INSERT ON log BEGIN SELECT load_extension('OUT'); END; INSERT INTO log VALUES (1, 1)",
  'CREATE TEMP TRIGGER r AFTER INSERT ON log BEGIN DELETE FROM items; END',
  'CREATE TEMP VIEW w AS SELECT 1',
  "CREATE VIRTUAL TABLE z USING csv(filename = 'OUT')",
  "CREATE VIRTUAL TABLE z USING zipfile('OUT')",
];

test('no statement of a runbook reaches another file, another transaction or a setting', async (t) => {
  const at = place(t, schema);
  const { session, announced } = await openWriter(t, at);
  const out = join(at.folder, 'out.db');
  const before = readdirSync(at.folder).sort();
  for (const template of refused) {
    const sql = template.replaceAll('OUT', out);
    const error = await failure(session.execute([{ sql }], 'change'));
    assert.match(error.code, /^sqlite\/refused$/, `${sql}: ${error.code} ${error.message}`);
    assert.ok(error.fix, sql);
  }
  assert.equal(announced.length, 0);
  assert.equal(existsSync(out), false);
  assert.deepEqual(readdirSync(at.folder).sort(), before);
  await session.close();
  assert.equal(ask(at.path, 'SELECT count(*) FROM items'), 1000);
  assert.equal(ask(at.path, 'PRAGMA journal_mode'), 'wal');
});

test('SQLite itself keeps the schema table and unsafe views from being used', async (t) => {
  const at = place(t, schema);
  const { session, announced } = await openWriter(t, at);
  for (const sql of [
    "UPDATE sqlite_schema SET sql = 'x'",
    'DELETE FROM sqlite_master',
    "INSERT INTO sqlite_schema VALUES ('table', 'a', 'a', 2, 'x')",
  ])
    assert.match((await failure(session.execute([{ sql }], 'change'))).message, /may not be modified/);
  const view = "CREATE VIEW w AS SELECT load_extension('x') AS x; INSERT INTO log SELECT 1, x FROM w";
  assert.match(
    (await failure(session.execute([{ sql: view }], 'change'))).message,
    /unsafe use of load_extension/,
  );
  assert.equal(announced.length, 0);
});

const writing = [
  'DELETE FROM items',
  'INSERT INTO log VALUES (1, 1) RETURNING id',
  'UPDATE items SET n = 1 RETURNING n',
  'REPLACE INTO log VALUES (1, 1)',
  'WITH a AS (SELECT 1) DELETE FROM items',
  'CREATE TABLE z (a)',
  'CREATE TEMP TABLE z (a)',
  'CREATE INDEX z ON items (n)',
  'DROP TABLE items',
  'DROP VIEW v',
  'ALTER TABLE items RENAME TO z',
  'ALTER TABLE items ADD COLUMN z',
  'ANALYZE',
  'REINDEX',
  'CREATE VIRTUAL TABLE z USING fts5(a)',
  'PRAGMA user_version = 3',
  'PRAGMA application_id = 3',
];

test('a query cannot write', async (t) => {
  const at = place(t, schema);
  const { session } = await openWriter(t, at);
  for (const sql of writing) {
    const error = await failure(session.query({ sql }, { maxRows: 5, maxBytes: 1000 }));
    assert.equal(error.code, 'sqlite/not-read-only', `${sql}: ${error.message}`);
  }
  for (const template of refused) {
    const sql = template.replaceAll('OUT', join(at.folder, 'out.db'));
    const error = await failure(session.query({ sql }, { maxRows: 5, maxBytes: 1000 }));
    assert.match(
      error.code,
      /^sqlite\/(refused|not-read-only|more-than-one-statement)$/,
      `${sql}: ${error.message}`,
    );
  }
  assert.deepEqual(
    readdirSync(at.folder).filter((name) => name.startsWith('out')),
    [],
  );
});

test('reading pragmas and their table-valued functions are allowed', async (t) => {
  const at = place(t, schema);
  const { session } = await openWriter(t, at);
  for (const sql of [
    'PRAGMA table_info(items)',
    'PRAGMA integrity_check',
    'PRAGMA journal_mode',
    'PRAGMA user_version',
    "SELECT name FROM pragma_table_xinfo('items')",
    'SELECT * FROM pragma_page_count',
    "SELECT count(*) FROM dbstat WHERE name = 'items'",
    'EXPLAIN QUERY PLAN SELECT * FROM items',
    'VALUES (1)',
  ])
    assert.ok((await session.query({ sql }, { maxRows: 50, maxBytes: 1e5 })).rows.length > 0, sql);
  const { changes } = await session.execute([{ sql: 'PRAGMA user_version = 7' }], 'change');
  assert.deepEqual(changes, [0]);
  assert.equal((await session.facts()).userVersion, 7);
});

test('the guard is off for the engine: VACUUM, checkpoint and analysis work beside it', async (t) => {
  const at = place(t, schema);
  const { session } = await openWriter(t, at);
  await session.vacuum();
  await session.analyze();
  await session.optimize();
  await session.reindex();
  assert.equal((await session.checkpoint()).isComplete, true);
  assert.equal((await session.check('integrity')).ok, true);
});
