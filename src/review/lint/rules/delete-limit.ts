// DELETE or UPDATE with LIMIT.

import { defineRule, sqlExample } from '../rule.ts';
import { isLimited, statementsOf } from '../statements.ts';

export const deleteLimit = defineRule({
  code: 'lint/delete-limit',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
DELETE FROM jobs WHERE done_at < 100 LIMIT 500;
`),
  good: sqlExample(`
DELETE FROM jobs WHERE rowid IN (SELECT rowid FROM jobs WHERE done_at < 100 LIMIT 500);
`),
  *check(context) {
    for (const { statement, place } of statementsOf(context, ['execute', 'migration', 'down']))
      if (isLimited(statement))
        yield {
          place,
          message: `${statement.kind.toUpperCase()} with LIMIT or ORDER BY is a syntax error for the SQLite that runs it: it was not built with it`,
          fix: `use \`WHERE rowid IN (SELECT rowid FROM ${statement.table ?? '…'} … LIMIT n)\`, or \`sqlite.prune\``,
        };
  },
});
