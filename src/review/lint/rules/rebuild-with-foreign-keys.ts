// A table rebuilt while foreign keys are on.

import { defersForeignKeys, foreignKeysAreOff, hasNoChildren } from '../rebuild.ts';
import { defineRule, sqlExample } from '../rule.ts';
import { placeOfStatement, rebuildsOf } from '../statements.ts';

export const rebuildWithForeignKeys = defineRule({
  code: 'lint/rebuild-with-foreign-keys',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
`),
  good: sqlExample(`
PRAGMA foreign_keys = OFF;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
`),
  *check(context) {
    for (const text of context.sql)
      for (const { table, drop } of rebuildsOf(text))
        if (!foreignKeysAreOff(text, drop) && !defersForeignKeys(text) && !hasNoChildren(context, table))
          yield {
            place: placeOfStatement(text, drop),
            message: `\`${table}\` is rebuilt with foreign keys on: dropping it deletes the rows of tables that refer to it with ON DELETE CASCADE, without an error`,
            fix:
              text.role === 'execute'
                ? 'make it a migration that begins with `PRAGMA foreign_keys = OFF;`, and apply it with `sqlite.migrate`'
                : 'begin the file with `PRAGMA foreign_keys = OFF;`',
          };
  },
});
