// A rebuild that makes a column NOT NULL.

import { defineRule, sqlExample } from '../rule.ts';
import { isSame, placeOfStatement, rebuildsOf } from '../statements.ts';

export const nullableToNotNull = defineRule({
  code: 'lint/nullable-to-not-null',
  severity: 'error',
  profile: 'safety',
  bad: sqlExample(
    `
PRAGMA foreign_keys = OFF;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
`,
    { schema: ['CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)'] },
  ),
  good: sqlExample(
    `
PRAGMA foreign_keys = OFF;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
`,
    { schema: ['CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)'] },
  ),
  *check(context) {
    for (const text of context.sql)
      for (const { table, drop, rename } of rebuildsOf(text)) {
        if (drop.before === undefined || drop.before.isAssumed) continue;
        const tightened = rename.after?.columns.find(
          ({ name, isNotNull, keyPlace }) =>
            isNotNull &&
            keyPlace === 0 &&
            drop.before?.columns.some(
              (old) => isSame(old.name, name) && !old.isNotNull && old.keyPlace === 0,
            ),
        );
        // Who fills the NULLs in the same file has thought of them.
        const isFilled = text.reading.statements.some(
          ({ kind, table: of, functions, tablesRead }) =>
            (kind === 'update' && isSame(of, table)) ||
            (kind === 'insert' &&
              tablesRead.some((each) => isSame(each, table)) &&
              functions.some((each) => each === 'coalesce' || each === 'ifnull')),
        );
        if (tightened === undefined || isFilled) continue;
        yield {
          place: placeOfStatement(text, drop),
          message: `\`${table}.${tightened.name}\` becomes NOT NULL: the copy fails at the first NULL that it holds`,
          fix: `fill them first: \`UPDATE ${table} SET ${tightened.name} = … WHERE ${tightened.name} IS NULL\``,
        };
      }
  },
});
