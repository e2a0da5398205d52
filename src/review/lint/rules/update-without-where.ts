// An UPDATE without a predicate that can leave a row alone.

import { defineRule, runbookExample } from '../rule.ts';
import { isMadeHere, statementsOf } from '../statements.ts';

export const updateWithoutWhere = defineRule({
  code: 'lint/update-without-where',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: update
    confirm: { message: Go on?, expect: app }
    action: sqlite.execute
    with: { target: db, sql: "UPDATE jobs SET state = 'new'" }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: update
    confirm: { message: Go on?, expect: app }
    action: sqlite.execute
    with: { target: db, sql: "UPDATE jobs SET state = 'new' WHERE state = 'stuck'" }
`.slice(1),
  ),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context)) {
      const { kind, hasPredicate, table = '' } = statement;
      if (kind !== 'update' || hasPredicate !== false) continue;
      if ((text.isChangeBounded && text.role === 'execute') || isMadeHere(text, index, table)) continue;
      yield {
        place,
        message: `this UPDATE writes every row of \`${table}\`: no row can be left alone by its predicate`,
        fix: 'add a WHERE; to write all rows on purpose, bound it with `changes: { max: … }`',
      };
    }
  },
});
