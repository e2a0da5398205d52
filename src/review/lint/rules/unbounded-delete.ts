// A DELETE without a bound.

import { defineRule, runbookExample } from '../rule.ts';
import { isMadeHere, statementsOf } from '../statements.ts';

export const unboundedDelete = defineRule({
  code: 'lint/unbounded-delete',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.execute
    with: { target: db, sql: DELETE FROM jobs WHERE done_at < 100 }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.execute
    with: { target: db, sql: DELETE FROM jobs WHERE done_at < 100, changes: { max: 10000 } }
`.slice(1),
  ),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context, ['execute'])) {
      const { kind, hasPredicate, isBounded, table = '' } = statement;
      if (kind !== 'delete' || hasPredicate !== true || isBounded || text.isChangeBounded) continue;
      if (isMadeHere(text, index, table) || text.step?.targets.length === 0) continue;
      yield {
        place,
        message: `this DELETE from \`${table}\` has no bound: a wrong cutoff takes most of the table, in one transaction`,
        fix: 'use `sqlite.prune` with `maxShare`, or add `changes: { max: … }`',
      };
    }
  },
});
