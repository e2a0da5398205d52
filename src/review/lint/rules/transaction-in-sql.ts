// SQL that controls the transaction of its step.

import { defineRule, runbookExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const transactionInSql = defineRule({
  code: 'lint/transaction-in-sql',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: mark
    action: sqlite.execute
    with: { target: db, sql: "BEGIN; UPDATE jobs SET state = 'old' WHERE done_at < 100; COMMIT" }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: mark
    action: sqlite.execute
    with: { target: db, sql: UPDATE jobs SET state = 'old' WHERE done_at < 100 }
`.slice(1),
  ),
  *check(context) {
    for (const { statement, place } of statementsOf(context, ['query', 'execute', 'migration', 'down']))
      if (statement.kind === 'transaction')
        yield {
          place,
          message: `${(statement.transaction ?? 'transaction control').toUpperCase()} in the SQL of a step is refused: all of it runs in one transaction, which is whole or nothing`,
          fix: 'remove it',
        };
  },
});
