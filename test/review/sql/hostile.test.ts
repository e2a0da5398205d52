// Nothing here is timed: what is not bounded would not end.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSqlReader } from '../../../src/review/sql/index.ts';

function problems(sql: string): readonly string[] {
  using reader = openSqlReader();
  return reader.read(sql).problems.map(({ message }) => message);
}

const repeat = <T>(count: number, each: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => each(i));
const doubled = (i: number) => (i === 0 ? 'SELECT 1 AS x' : `SELECT a.x FROM v${i - 1} a, v${i - 1} b`);
const nested = 'views or common table expressions nest too often to be read';

describe('hostile SQL is read to an end', () => {
  it('common table expressions that double', () => {
    const list = repeat(30, (i) => `v${i} AS (${doubled(i)})`).join(', ');
    assert.deepEqual(problems(`WITH ${list} SELECT * FROM v29`), [nested]);
  });

  for (const [order, views] of [
    ['in order', repeat(30, (i) => i)],
    ['the last first', repeat(30, (i) => 29 - i)],
  ] as const)
    it(`views that double, created ${order}`, () => {
      const text = views.map((i) => `CREATE VIEW v${i} AS ${doubled(i)};`).join('\n');
      assert.ok(problems(`${text} SELECT * FROM v29; ALTER TABLE t RENAME TO u`).includes(nested));
    });

  it('a recursive common table expression without end is compiled, not run', () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)';
    assert.deepEqual(
      problems(`${endless} SELECT * FROM n; CREATE TABLE t AS ${endless} SELECT i FROM n`),
      [],
    );
  });

  it('more than 10,000 statements', () => {
    assert.deepEqual(problems('DELETE FROM t WHERE a = 1;\n'.repeat(10_001)), [
      'the text has more than 10000 statements; the rest was not read',
    ]);
  });

  it('a text longer than 4 MiB', () => {
    assert.deepEqual(problems(`SELECT 1;${' '.repeat(5_000_000)}`), [
      'the text is longer than 4 MiB; the rest was not read',
    ]);
  });

  it('thousands of tables, made, renamed and assumed', () => {
    const made = repeat(3_000, (i) => `CREATE TABLE t${i} (a); ALTER TABLE t${i} RENAME TO u${i};`).join(
      '\n',
    );
    assert.ok(problems(made).includes('the SQL is too much to be read whole'));
    assert.ok(
      problems(repeat(5_000, (i) => `INSERT INTO t${i} (a, b) VALUES (1, 2);`).join('\n')).length > 0,
    );
  });

  it('deep nesting, long lists, unterminated quotes, NUL', () => {
    assert.equal(problems(`SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`).length, 1);
    assert.equal(problems(`SELECT * FROM ${'(SELECT * FROM '.repeat(3_000)}t${')'.repeat(3_000)}`).length, 1);
    assert.deepEqual(problems(`DELETE FROM t WHERE a IN (${repeat(50_000, String).join(',')})`), []);
    assert.equal(problems("'".repeat(10_001)).length, 1);
    assert.match(problems('SELECT 1\0; DROP TABLE t')[0] ?? '', /NUL/);
  });

  it('loads no extension, opens no file, and no PRAGMA takes effect', () => {
    using reader = openSqlReader();
    const { statements } = reader.read(
      "SELECT load_extension('x'); ATTACH '/tmp/never-made.db' AS x; PRAGMA temp_store_directory = '/'; VACUUM INTO '/tmp/never-made.db'",
    );
    assert.deepEqual(
      statements.map(({ kind }) => kind),
      ['select', 'attach', 'pragma', 'vacuum'],
    );
  });
});
