// A NOT NULL column without a default.

import { defineRule, sqlExample } from '../rule.ts';
import { isMadeHere, statementsOf } from '../statements.ts';

export const addNotNullWithoutDefault = defineRule({
  code: 'lint/add-not-null-without-default',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
ALTER TABLE users ADD COLUMN state TEXT NOT NULL;
`),
  good: sqlExample(`
ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'new';
`),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context, ['execute', 'migration']))
      if (
        statement.conditions.includes('Cannot add a NOT NULL column with default value NULL') &&
        !isMadeHere(text, index, statement.table ?? '')
      )
        yield {
          place,
          message: `SQLite refuses a NOT NULL column without a default as soon as \`${statement.table}\` has a row`,
          fix: 'add `DEFAULT …`, or add it nullable, fill it, and rebuild the table',
        };
  },
});
