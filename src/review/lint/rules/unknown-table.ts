// SQL that names a table which the database does not have.

import { nearestName } from '../../../base/index.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const unknownTable = defineRule({
  code: 'lint/unknown-table',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - { id: count, action: sqlite.query, with: { target: db, sql: SELECT count(*) FROM job } }
`.slice(1),
    { schema: ['CREATE TABLE jobs (id INTEGER PRIMARY KEY)'] },
  ),
  good: runbookExample(
    `
  - { id: count, action: sqlite.query, with: { target: db, sql: SELECT count(*) FROM jobs } }
`.slice(1),
    { schema: ['CREATE TABLE jobs (id INTEGER PRIMARY KEY)'] },
  ),
  *check(context) {
    if (!context.hasSchema) return;
    for (const { statement, place } of statementsOf(context)) {
      const [missing] = statement.assumed.filter((name) => !name.startsWith('$') && !name.startsWith('('));
      if (missing === undefined) continue;
      const near = nearestName(missing, context.tables);
      yield {
        place,
        message: `the database has no table \`${missing}\``,
        fix: near === undefined ? 'correct the name' : `did you mean \`${near}\`?`,
      };
    }
  },
});
