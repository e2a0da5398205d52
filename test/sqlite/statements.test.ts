import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fillNames,
  isBlank,
  leadingWords,
  parametersOf,
  quoteName,
  splitStatements,
  tokenize,
} from '../../src/sqlite/statements.ts';

const trigger =
  'CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM t; END;';

test('statements end where SQLite ends them', () => {
  const cases: readonly (readonly string[])[] = [
    ['SELECT 1;', ' SELECT 2'],
    ["SELECT ';';", ' SELECT "a;b";', ' SELECT [;], `;`'],
    ['-- a; b\nSELECT 1;', '/* ; */ SELECT 2;'],
    ["SELECT 'it''s; fine';", 'SELECT 1'],
    [trigger, ' SELECT 1;'],
    ['EXPLAIN CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;', 'SELECT 2;'],
    ['CREATE TABLE trigger_log (a);', 'SELECT 1;'],
    [';', ';', 'SELECT 1'],
    ["SELECT x'3b'; ".trimEnd(), ' SELECT $a::b(c;d)'],
    ["SELECT 'not closed; SELECT 2"],
    ['SELECT 1 /* not closed; SELECT 2'],
  ];
  for (const parts of cases) assert.deepEqual(splitStatements(parts.join('')), parts);
});

// Pieces that meet in real SQL, and the characters that could confuse a split.
const fragment = fc.constantFrom(
  'SELECT',
  ' ',
  '\n',
  ';',
  "'",
  '"',
  '`',
  '[',
  ']',
  '--',
  '/*',
  '*/',
  '(',
  ')',
  ':a',
  '$b',
  '?1',
  '@c',
  'CREATE',
  'TEMP',
  'TRIGGER',
  'BEGIN',
  'END',
  'EXPLAIN',
  'CASE',
  '1',
  "x'00'",
  "''",
  '""',
  'ü',
  '😀',
  '\\',
  't',
  ',',
);

test('the statements of any text, joined, are the text, and so are its tokens', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fragment).map((parts) => parts.join('')),
      ),
      (sql) => {
        assert.equal(splitStatements(sql).join(''), sql);
        assert.equal(
          tokenize(sql)
            .map(({ start, end }) => sql.slice(start, end))
            .join(''),
          sql,
        );
      },
    ),
    { numRuns: 2000 },
  );
});

const statement = fc.constantFrom(
  'SELECT 1',
  "SELECT ';'",
  'SELECT 1 AS "a;b"',
  'SELECT /* ; */ 1',
  'SELECT 1 -- ;\n',
  trigger.slice(0, -1),
  'CREATE TABLE IF NOT EXISTS z ([a;b])',
  "INSERT INTO t VALUES ('it''s;')",
  'SELECT 1 AS `;`',
  "SELECT x'3b'",
  'DELETE FROM t WHERE 0',
);

test('SQLite takes each part whole, and nothing of the next', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t (a)');
  fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('; ', ';\n', ';;'),
      (list, glue) => {
        const text = list.join(glue);
        let rest = text;
        for (const part of splitStatements(text)) {
          if (isBlank(part)) {
            rest = rest.slice(part.length);
            continue;
          }
          // SQLite itself says how much of the rest it took.
          assert.equal(db.prepare(rest).sourceSQL, part);
          rest = rest.slice(part.length);
        }
        assert.ok(isBlank(rest));
      },
    ),
    { numRuns: 300 },
  );
});

test('parameters are found where SQLite takes them, and nowhere else', () => {
  assert.deepEqual(parametersOf('SELECT :a, @b, $c, ?, ?3, \':no\', ":no", [$no] -- :no\n, :a, ?'), [
    ':a',
    '@b',
    '$c',
    '?',
    '?3',
    '?',
  ]);
  assert.deepEqual(parametersOf('SELECT a.b, 1.5, "x"'), []);
});

test('names fill only quoted places, and cannot break out of them', () => {
  const sql = `SELECT "$t", '$t', $t, "$t$" FROM "$t" -- "$t"`;
  assert.equal(
    fillNames(sql, () => 'a"b'),
    `SELECT "a""b", '$t', $t, "$t$" FROM "a""b" -- "$t"`,
  );
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((name) => !name.includes('\0')),
      (name) => {
        const db = new DatabaseSync(':memory:');
        const filled = fillNames('SELECT 1 AS "$t"', () => name);
        assert.deepEqual(db.prepare(filled).columns()[0]?.name, name.toWellFormed());
        assert.equal(splitStatements(filled).length, 1);
        assert.ok(filled.includes(quoteName(name)));
        db.close();
      },
    ),
    { numRuns: 200 },
  );
});

test('the first words are read past comments and empty statements', () => {
  assert.deepEqual(leadingWords('/* a */ ;; -- b\n vacuum/**/ into x', 3), ['VACUUM', 'INTO', 'X']);
  assert.deepEqual(leadingWords('(SELECT 1)'), []);
});
