import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownTargets } from '../../../../src/sqlite/child/operations/migrate-names.ts';

const cases: readonly [sql: string, expected: string[]][] = [
  ['INSERT INTO a SELECT * FROM b', ['insert a']],
  ['INSERT OR REPLACE INTO main."a b" VALUES (1)', ['insert a b']],
  ['REPLACE INTO [a] VALUES (1)', ['insert a']],
  ['INSERT INTO a VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2', ['insert a']],
  ['UPDATE OR IGNORE a SET x = (SELECT 1 FROM b)', ['update a']],
  ['WITH d AS (SELECT 1) DELETE FROM a WHERE x IN (SELECT * FROM b)', ['delete a']],
  ['/* DELETE FROM b */ DELETE FROM `a` -- UPDATE c', ['delete a']],
  ["DELETE FROM 'a'", ['delete a']],
  ['DROP TABLE IF EXISTS main.a', ['drop a']],
  ['ALTER TABLE a RENAME TO "b"', ['alter a', 'rename b']],
  ['ALTER TABLE a RENAME COLUMN x TO y', ['alter a']],
  ['ALTER TABLE a ADD COLUMN x', ['alter a']],
  ['CREATE TRIGGER t AFTER DELETE ON a BEGIN DELETE FROM b; END', []],
  ['CREATE TABLE a(x REFERENCES b ON DELETE CASCADE ON UPDATE CASCADE)', []],
  ['CREATE INDEX i ON a(x)', []],
  ['DROP INDEX a', []],
  ["SELECT 'DELETE FROM a'", []],
];

for (const [sql, expected] of cases) {
  test(`writes by its own words: ${sql}`, () =>
    assert.deepEqual(
      ownTargets(sql).map(({ verb, table }) => `${verb} ${table}`),
      expected,
    ));
}
