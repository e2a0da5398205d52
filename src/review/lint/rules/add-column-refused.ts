// ADD COLUMN with what SQLite does not allow there.

import { defineRule, sqlExample } from '../rule.ts';
import { isMadeHere, statementsOf } from '../statements.ts';

export const addColumnRefused = defineRule({
  code: 'lint/add-column-refused',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
ALTER TABLE users ADD COLUMN made_at TEXT DEFAULT CURRENT_TIMESTAMP;
`),
  good: sqlExample(`
ALTER TABLE users ADD COLUMN made_at TEXT;
`),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context, ['execute', 'migration', 'down'])) {
      const { conditions, problem = '', table = '' } = statement;
      // Without NOT NULL, which has a rule of its own.
      const refusal =
        conditions.find((each) => /^cannot add (?!a NOT NULL)/i.test(each)) ??
        (/^cannot add a /i.test(problem) ? problem : undefined);
      if (refusal === undefined || (isMadeHere(text, index, table) && refusal !== problem)) continue;
      yield {
        place,
        message: `SQLite says of \`${table}\`: \`${refusal}\`${refusal === problem ? '' : ', as soon as it has a row'}`,
        fix: 'add the column without that, or rebuild the table',
      };
    }
  },
});
