// A rebuild that renames the old table away first.

import { defineRule, sqlExample } from '../rule.ts';
import { isSame, placeOfStatement, renamesOf } from '../statements.ts';

export const renameOldFirst = defineRule({
  code: 'lint/rename-old-first',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
PRAGMA foreign_keys = OFF;
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users SELECT id, name FROM users_old;
DROP TABLE users_old;
`),
  good: sqlExample(`
PRAGMA foreign_keys = OFF;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
`),
  *check(context) {
    for (const text of context.sql) {
      const { statements } = text.reading;
      for (const rename of renamesOf(text)) {
        const later = statements.filter(({ offset }) => offset > rename.offset);
        const isMade = later.some(
          ({ kind, object }) => kind === 'create' && isSame(object?.name, rename.before?.name),
        );
        const isDropped = later.some(
          ({ kind, object }) => kind === 'drop' && isSame(object?.name, rename.after?.name),
        );
        if (isMade && isDropped)
          yield {
            place: placeOfStatement(text, rename),
            message: `\`${rename.before?.name}\` is renamed away before its successor exists: triggers, views and foreign keys follow it to \`${rename.after?.name}\`, which is dropped`,
            fix: 'create the new table, copy, drop the old one, and rename the new one',
          };
      }
    }
  },
});
