// A table rebuilt under `defer_foreign_keys`.

import { defersForeignKeys, foreignKeysAreOff, hasNoChildren } from '../rebuild.ts';
import { defineRule, sqlExample } from '../rule.ts';
import { placeOfStatement, rebuildsOf } from '../statements.ts';

export const deferForeignKeysRebuild = defineRule({
  code: 'lint/defer-foreign-keys-rebuild',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
PRAGMA defer_foreign_keys = ON;
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
        if (defersForeignKeys(text) && !foreignKeysAreOff(text, drop) && !hasNoChildren(context, table))
          yield {
            place: placeOfStatement(text, drop),
            message: `\`${table}\` is rebuilt under \`defer_foreign_keys\`, which postpones the check and not the cascade: rows that refer to it are deleted all the same`,
            fix: 'begin the file with `PRAGMA foreign_keys = OFF;` instead',
          };
  },
});
