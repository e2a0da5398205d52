// VACUUM in SQL that runs in a transaction.

import { defineRule, sqlExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const vacuumInTransaction = defineRule({
  code: 'lint/vacuum-in-transaction',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
UPDATE jobs SET state = 'old' WHERE done_at < 100;
VACUUM;
`),
  good: sqlExample(`
UPDATE jobs SET state = 'old' WHERE done_at < 100;
`),
  *check(context) {
    for (const { statement, place } of statementsOf(context, ['query', 'execute', 'migration', 'down']))
      if (statement.kind === 'vacuum')
        yield {
          place,
          message: `VACUUM${statement.isCopy === true ? ' INTO' : ''} fails in the transaction that SQL of a step runs in`,
          fix:
            statement.isCopy === true ? 'use `backup.create`' : 'use `sqlite.vacuum`, as a step of its own',
        };
  },
});
