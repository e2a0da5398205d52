// A query that does not only read.

import { defineRule, runbookExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const queryWrites = defineRule({
  code: 'lint/query-writes',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - { id: mark, action: sqlite.query, with: { target: db, sql: UPDATE jobs SET state = 'old' WHERE done_at < 100 } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: mark, action: sqlite.execute, with: { target: db, sql: UPDATE jobs SET state = 'old' WHERE done_at < 100 } }
`.slice(1),
  ),
  *check(context) {
    for (const { statement, place } of statementsOf(context, ['query']))
      if (statement.tablesWritten.length > 0)
        yield {
          place,
          message: `a query only reads, but this would ${statement.tablesWritten[0]?.operation} in \`${statement.tablesWritten[0]?.table}\`: the step is refused`,
          fix: 'use `sqlite.execute`',
        };
  },
});
