// A CHECK that reads every row.

import { defineRule, sqlExample } from '../rule.ts';
import { isMadeHere, statementsOf } from '../statements.ts';

export const addCheckScan = defineRule({
  code: 'lint/add-check-scan',
  severity: 'warning',
  profile: 'production',
  bad: sqlExample(`
ALTER TABLE users ADD COLUMN age INTEGER CHECK (age > 0);
`),
  good: sqlExample(`
ALTER TABLE users ADD COLUMN age INTEGER;
`),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context, ['execute', 'migration']))
      if (
        statement.conditions.includes('CHECK constraint failed') &&
        !isMadeHere(text, index, statement.table ?? '')
      )
        yield {
          place,
          message: `SQLite checks every row of \`${statement.table}\` for the new column, and writers wait for it`,
          fix: 'leave the CHECK to a rebuild in a quiet hour, or say with an ignore that the table is small',
        };
  },
});
