import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlReader, type SqlStatementReading } from '../../../src/review/sql/index.ts';

function read(sql: string, schema: readonly string[] = []): readonly SqlStatementReading[] {
  using reader = openSqlReader({ schema });
  return reader.read(sql).statements;
}

function only(sql: string, schema: readonly string[] = []): SqlStatementReading {
  const [statement, second] = read(sql, schema);
  assert.ok(statement !== undefined && second === undefined, sql);
  return statement;
}

const writes = (statement: SqlStatementReading) =>
  statement.tablesWritten.map(({ table, operation, by }) => `${operation} ${table}${by ? ` by ${by}` : ''}`);

describe('a statement is read without a schema', () => {
  const kinds: readonly (readonly [string, SqlStatementReading['kind'], readonly string[]])[] = [
    ['SELECT a.x FROM users a JOIN orders o ON o.user = a.id', 'select', []],
    ['WITH q AS (SELECT 1) DELETE FROM users WHERE id IN q', 'delete', ['delete users']],
    ['INSERT INTO t VALUES (1, 2, 3)', 'insert', ['insert t']],
    ['INSERT INTO t (a, b) SELECT x, y FROM u', 'insert', ['insert t']],
    [
      'INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = 3',
      'insert',
      ['insert t', 'update t'],
    ],
    ['REPLACE INTO t VALUES (1)', 'insert', ['insert t']],
    ['UPDATE t SET a = other(b) WHERE c = :c', 'update', ['update t']],
    ['CREATE TABLE t (a, b)', 'create', ['create t']],
    ['CREATE TABLE t AS SELECT a, b FROM u', 'create', ['create t']],
    ['CREATE UNIQUE INDEX i ON t (a)', 'create', ['create t']],
    ['ALTER TABLE t DROP COLUMN c', 'alter', ['alter t']],
    ['DROP TABLE IF EXISTS "a b"', 'drop', []],
    ['DROP TABLE "a b"', 'drop', ['drop a b']],
    ['DROP INDEX i', 'drop', ['drop i']],
    ['BEGIN IMMEDIATE', 'transaction', []],
    ['RELEASE s', 'transaction', []],
    ['PRAGMA foreign_keys = OFF', 'pragma', []],
    ["ATTACH 'x.db' AS x", 'attach', []],
    ['DETACH x', 'detach', []],
    ['VACUUM', 'vacuum', []],
    ['ANALYZE', 'analyze', []],
    ['REINDEX', 'reindex', []],
    ['EXPLAIN DELETE FROM t', 'explain', []],
    ['VALUES (1)', 'select', []],
  ];
  for (const [sql, kind, written] of kinds)
    it(sql, () => {
      const statement = only(sql);
      assert.deepEqual([statement.kind, writes(statement), statement.problem], [kind, written, undefined]);
    });

  it('names the tables that it reads, and those of which it knows nothing', () => {
    const statement = only('SELECT a.x, o.y FROM users a, orders o WHERE z = 1 AND a.id = o.user');
    assert.deepEqual(statement.tablesRead.toSorted(), ['orders', 'users']);
    assert.deepEqual(statement.assumed.toSorted(), ['orders', 'users']);
  });

  it('gives the name and value of a pragma, the file of an ATTACH, and lets neither happen', () => {
    assert.deepEqual(only('PRAGMA Synchronous = off').pragma, { name: 'synchronous', value: 'off' });
    assert.equal(only("ATTACH 'other.db' AS o").file, 'other.db');
  });

  it('knows VACUUM INTO as a copy', () => {
    assert.deepEqual([only('VACUUM').isCopy, only("VACUUM INTO 'x'").isCopy], [false, true]);
  });
});

describe('whether an UPDATE or DELETE can leave a row alone', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['DELETE FROM t', false],
    ['DELETE FROM t WHERE 1', false],
    ['DELETE FROM t WHERE 1 = 1', false],
    ['DELETE FROM t WHERE TRUE', false],
    ['DELETE FROM t WHERE a = 1 OR 1', false],
    ['DELETE FROM t WHERE :all', false],
    ['DELETE FROM t WHERE a = 1', true],
    ['DELETE FROM t WHERE rowid < 5', true],
    ['DELETE FROM t WHERE rowid = ?', true],
    ['DELETE FROM t WHERE a IS NOT NULL', true],
    ['DELETE FROM t WHERE a IN (SELECT b FROM u)', true],
    ['DELETE FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.id = t.id)', true],
    ['WITH q AS (SELECT id FROM t LIMIT 5) DELETE FROM t WHERE id IN q', true],
    ['DELETE FROM t WHERE strange(a)', true],
    ['UPDATE t SET a = 1', false],
    ['UPDATE t SET a = 1 WHERE 1 = 1', false],
    ['UPDATE t SET a = CASE WHEN b = 1 THEN 2 ELSE 3 END', false],
    ['UPDATE t SET a = (SELECT max(b) FROM t)', false],
    ['UPDATE t SET a = (SELECT b FROM u WHERE u.rowid = t.id)', false],
    ['UPDATE OR IGNORE t SET a = 1', false],
    ['UPDATE t SET a = u.b FROM u', false],
    ['UPDATE t SET a = u.b FROM u WHERE u.id = t.id', true],
    ['UPDATE t SET a = 1 WHERE b = 2 OR c = 3', true],
  ];
  const schema = [
    'CREATE TABLE t (id INTEGER PRIMARY KEY, a NOT NULL UNIQUE, b CHECK (b > 0), c)',
    'CREATE TABLE child (t REFERENCES t ON DELETE CASCADE)',
    'CREATE INDEX i ON t (a, b)',
    'CREATE TRIGGER g AFTER DELETE ON t BEGIN DELETE FROM u WHERE id = old.id; END',
    'CREATE TABLE u (id, b)',
  ];
  for (const [sql, expected] of cases)
    it(`${expected ? 'can' : 'cannot'}: ${sql}`, () => {
      assert.equal(only(sql).hasPredicate, expected);
      // Keys, indexes and triggers make another program of it, and the same answer.
      assert.equal(only(sql, schema).hasPredicate, expected);
    });

  it('knows a generated column, a temporary table and a view', () => {
    const predicate = (sql: string) => read(sql).at(-1)?.hasPredicate;
    const table = 'TABLE t (a, g GENERATED ALWAYS AS (a + 1) VIRTUAL)';
    assert.equal(predicate(`CREATE ${table}; DELETE FROM t WHERE g = 1`), true);
    assert.equal(predicate(`CREATE TEMP ${table}; DELETE FROM t WHERE g = 1`), true);
    assert.equal(predicate(`CREATE ${table}; UPDATE t SET a = 2`), false);
    const view =
      'CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER i INSTEAD OF DELETE ON v BEGIN SELECT 1; END';
    assert.equal(predicate(`CREATE ${table}; ${view}; DELETE FROM v WHERE a = 1`), true);
  });

  it('says which columns are compared with which parameters', () => {
    const { comparisons } = only('DELETE FROM t WHERE last < :cutoff AND kind = :kind AND 5 < size');
    assert.deepEqual(comparisons, [
      { table: 't', column: 'last', parameter: ':cutoff' },
      { table: 't', column: 'kind', parameter: ':kind' },
    ]);
  });

  it('knows a LIMIT inside from a subquery for one value', () => {
    assert.equal(only('DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 10)').isBounded, true);
    assert.equal(only('DELETE FROM t WHERE id = (SELECT max(id) FROM t)').isBounded, false);
  });
});

describe('a schema, given or declared on the way', () => {
  const schema = [
    'CREATE TABLE parent (id INTEGER PRIMARY KEY, v TEXT)',
    'CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent (id) ON DELETE CASCADE)',
    'CREATE TABLE log (text)',
    'CREATE TRIGGER note AFTER DELETE ON child BEGIN INSERT INTO log VALUES (old.id); END',
  ];

  it('leads through cascades and triggers', () => {
    assert.deepEqual(writes(only('DELETE FROM parent WHERE id = 3', schema)), [
      'delete parent',
      'delete child',
      'insert log by note',
    ]);
  });

  it('has no cascades once foreign keys are off', () => {
    const [, statement] = read('PRAGMA foreign_keys = OFF; DELETE FROM parent WHERE id = 3', schema);
    assert.deepEqual(statement && writes(statement), ['delete parent']);
  });

  it('makes a missing column of a known table a problem, not an assumption', () => {
    const statement = only('SELECT absent FROM parent', schema);
    assert.deepEqual([statement.problem, statement.assumed], ['no such column: absent', []]);
  });

  it('follows the declarations of the text, and gives the table before and after', () => {
    const [, alter, drop] = read(
      'CREATE TABLE a (x TEXT); ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 3; ALTER TABLE a DROP COLUMN x',
    );
    assert.deepEqual(alter?.after?.columns.at(-1), {
      ...{ name: 'y', type: 'INTEGER', isNotNull: true, default: '3', keyPlace: 0, isGenerated: false },
    });
    assert.deepEqual(
      [drop?.before, drop?.after].map((shape) => shape?.columns.map(({ name }) => name)),
      [['x', 'y'], ['y']],
    );
  });

  it('says what SQLite would look for in the rows', () => {
    const conditions = (column: string) =>
      read(`CREATE TABLE a (x); ALTER TABLE a ADD COLUMN ${column}`)[1]?.conditions;
    assert.deepEqual(conditions('y NOT NULL'), ['Cannot add a NOT NULL column with default value NULL']);
    assert.deepEqual(conditions('y DEFAULT (random())'), ['Cannot add a column with non-constant default']);
    assert.ok(conditions('y CHECK (y > 0)')?.includes('CHECK constraint failed'));
    assert.deepEqual(conditions('y DEFAULT 3'), []);
  });

  it('keeps the schema from one text to the next', () => {
    using reader = openSqlReader();
    reader.read('CREATE TABLE a (x, y)');
    assert.deepEqual(reader.tables(), ['a']);
    assert.equal(reader.read('SELECT z FROM a').problems[0]?.message, 'no such column: z');
  });
});

describe('a text', () => {
  it('as people write it is understood without a schema', () => {
    const text = readFileSync(join(import.meta.dirname, 'fixtures', 'as-people-write-it.sql'), 'utf8');
    using reader = openSqlReader();
    const { statements, problems } = reader.read(text);
    assert.deepEqual(problems, []);
    assert.equal(statements.length, text.trim().split('\n').length);
    const rows = statements.filter(({ kind }) => kind === 'update' || kind === 'delete');
    assert.deepEqual([...new Set(rows.map(({ hasPredicate }) => hasPredicate))], [true]);
  });

  it('is read statement by statement, each with its offset', () => {
    const text =
      "-- ; a comment\nDELETE FROM a; ;\n  CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT ';'; SELECT 2; END; SELECT 1";
    const statements = read(text);
    assert.deepEqual(
      statements.map(({ kind, offset }) => [kind, text.slice(offset, offset + 6)]),
      [
        ['delete', 'DELETE'],
        ['create', 'CREATE'],
        ['select', 'SELECT'],
      ],
    );
  });

  it('goes on after a statement that does not compile', () => {
    const statements = read('SELECT 1 2; DELETE FROM a');
    assert.deepEqual(
      statements.map(({ problem }) => problem),
      ['near "2": syntax error', undefined],
    );
  });
});
