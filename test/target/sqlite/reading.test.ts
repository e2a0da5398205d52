import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TargetProgress } from '../../../src/target/session.ts';
import { failure, items, openWriter, place, run } from './support.ts';

test('the schema tells tables, keys and indexes, generated columns, virtual and shadow tables', async (t) => {
  const at = place(
    t,
    `CREATE TABLE p (a TEXT NOT NULL, b INTEGER, c AS (b + 1), PRIMARY KEY (b, a)) WITHOUT ROWID;
     CREATE TABLE c (id INTEGER PRIMARY KEY, x, y, FOREIGN KEY (x, y) REFERENCES p ON DELETE SET NULL);
     CREATE UNIQUE INDEX i ON c (y, x); CREATE INDEX e ON c (x + 1); CREATE VIEW v AS SELECT 1 AS one; CREATE VIRTUAL TABLE f USING fts5(body);`,
  );
  const { session } = await openWriter(t, at);
  const { tables } = await session.schema();
  assert.deepEqual(
    tables.map(({ name, kind }) => `${name} ${kind}`),
    [
      'c table',
      'f virtual',
      'f_config shadow',
      'f_content shadow',
      'f_data shadow',
      'f_docsize shadow',
      'f_idx shadow',
      'p table',
      'v view',
    ],
  );
  const [p, c] = ['p', 'c'].map((name) => tables.find((table) => table.name === name));
  assert.equal(p?.isWithoutRowid, true);
  assert.deepEqual(
    p?.columns.map(({ name, primaryKey, isNullable, isGenerated }) => [
      name,
      primaryKey,
      isNullable,
      isGenerated,
    ]),
    [
      ['a', 2, false, false],
      ['b', 1, false, false],
      ['c', 0, true, true],
    ],
  );
  assert.deepEqual(c?.foreignKeys, [
    { columns: ['x', 'y'], parent: 'p', parentColumns: ['b', 'a'], onDelete: 'SET NULL' },
  ]);
  assert.deepEqual(c?.indexes, [
    { name: 'e', columns: ['(expression)'], isUnique: false },
    { name: 'i', columns: ['y', 'x'], isUnique: true },
  ]);
});

test('compile says what is read and written, through triggers and cascades, and runs nothing', async (t) => {
  const at = place(
    t,
    `CREATE TABLE p (id INTEGER PRIMARY KEY, n); CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE);
     CREATE TABLE log (id INTEGER PRIMARY KEY); CREATE TRIGGER r AFTER DELETE ON c BEGIN INSERT INTO log VALUES (old.id); END; INSERT INTO p VALUES (1, 1)`,
  );
  const { session } = await openWriter(t, at);
  const [remove, select, create, explain] = await session.compile(
    'DELETE FROM p WHERE id = :id; SELECT n AS m FROM p; CREATE TABLE z (a); EXPLAIN DELETE FROM p;',
  );
  assert.deepEqual(remove?.writes, [
    { table: 'c', kind: 'delete' },
    { table: 'log', kind: 'insert' },
    { table: 'p', kind: 'delete' },
  ]);
  assert.deepEqual([remove?.isReadOnly, remove?.parameters, remove?.isSchemaChange], [false, ['id'], false]);
  assert.deepEqual([select?.isReadOnly, select?.reads, select?.columns], [true, ['p'], ['m']]);
  assert.deepEqual([create?.isSchemaChange, create?.isReadOnly], [true, false]);
  assert.deepEqual([explain?.isReadOnly, explain?.writes], [true, []]);
  assert.deepEqual(await session.counts(['p']), [{ table: 'p', rows: 1 }]);
});

test('statements that follow a schema change are compiled against the schema as it will be', async (t) => {
  const at = place(t, items);
  const { session } = await openWriter(t, at);
  const statements = await session.compile(
    'CREATE TABLE z (a); ALTER TABLE items RENAME TO things; INSERT INTO z SELECT t FROM things; DROP TABLE things',
  );
  assert.deepEqual(statements[2]?.writes, [{ table: 'z', kind: 'insert' }]);
  assert.deepEqual(statements[2]?.reads, ['things']);
  assert.equal((await failure(session.compile('CREATE TABLE z (a); DELETE FROM zz'))).code, 'sqlite/syntax');
  assert.equal((await session.schema()).tables[0]?.name, 'items');
});

test('counts name a missing table and the one that was meant', async (t) => {
  const at = place(t, `${items} CREATE VIEW v AS SELECT 1`);
  const { session } = await openWriter(t, at);
  assert.deepEqual(await session.counts(), [{ table: 'items', rows: 1000 }]);
  assert.deepEqual(await session.counts(['v', 'Items']), [
    { table: 'v', rows: 1 },
    { table: 'items', rows: 1000 },
  ]);
  const error = await failure(session.counts(['itmes']));
  assert.equal(error.code, 'sqlite/no-such-table');
  assert.equal(error.fix, 'did you mean `items`?');
});

test('foreign keys without a parent are counted by table', async (t) => {
  const at = place(
    t,
    'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p); PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (1, 7), (2, 8)',
  );
  const { session } = await openWriter(t, at);
  assert.equal((await session.check('quick')).ok, true);
  const { ok, problems } = await session.check('quick', { foreignKeys: true });
  assert.equal(ok, false);
  assert.deepEqual(problems, ['2 rows of `c` refer to missing rows of `p`']);
  assert.equal((await session.check('quick', { foreignKeys: true, tables: ['p'] })).ok, true);
});

test('damage is found: a broken page, an index that disagrees, a page that belongs to nobody', async (t) => {
  const at = place(
    t,
    `${items} CREATE INDEX by_n ON items (n); CREATE TABLE gone (a); INSERT INTO gone VALUES (zeroblob(20000)); DROP TABLE gone;`,
  );
  const good = readFileSync(at.path);
  const problemsOf = async (change: (bytes: Buffer) => void): Promise<readonly string[]> => {
    const bytes = Buffer.from(good);
    change(bytes);
    writeFileSync(at.path, bytes);
    const { session } = await openWriter(t, at);
    const { ok, problems } = await session.check('integrity');
    await session.close();
    run(`${at.path}.belay-lock`, 'DROP TABLE lease');
    assert.equal(ok, problems.length === 0);
    return problems;
  };
  assert.deepEqual(await problemsOf(() => {}), []);
  // The list of free pages is cut: those pages belong to nobody. A check table by table would not see it.
  const orphaned = await problemsOf((bytes) => bytes.writeUInt32BE(0, 32));
  assert.match(orphaned.join('\n'), /never used|free/i);
  const broken = await problemsOf((bytes) => bytes.fill(0xff, 3 * 4096, 3 * 4096 + 200));
  assert.ok(broken.length > 0);
  assert.ok(broken.every((line) => line !== '' && !line.includes('not an error')));
});

test('a check of named tables tells its progress', async (t) => {
  const at = place(t, `${items} CREATE TABLE other (a)`);
  const { session } = await openWriter(t, at);
  const seen: TargetProgress[] = [];
  await session.check('integrity', {
    tables: ['items', 'other'],
    onProgress: (progress) => seen.push(progress),
  });
  assert.deepEqual(seen[0], { done: 0, total: 2, unit: 'tables', message: 'items' });
});

test('facts tell sizes, free pages, modes and marks', async (t) => {
  const at = place(
    t,
    `PRAGMA journal_mode = WAL; PRAGMA user_version = 5; PRAGMA application_id = 9; ${items}`,
  );
  const { session } = await openWriter(t, at);
  const hash = (await session.facts()).schemaHash;
  await session.execute([{ sql: 'DELETE FROM items' }], 'destroy');
  await session.analyze();
  const facts = await session.facts();
  assert.deepEqual(
    [facts.journalMode, facts.userVersion, facts.applicationId, facts.encoding],
    ['wal', 5, 9, 'UTF-8'],
  );
  assert.ok(facts.freeBytes > 0 && facts.walBytes > 0 && facts.pageCount > 1);
  assert.equal(facts.schemaHash, hash);
  await session.execute([{ sql: 'CREATE INDEX z ON items (n)' }], 'change');
  assert.notEqual((await session.facts()).schemaHash, hash);
});
