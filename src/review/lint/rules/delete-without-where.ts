// A DELETE without a predicate that can leave a row alone.

import { defineRule, runbookExample } from '../rule.ts';
import { isMadeHere, statementsOf } from '../statements.ts';

export const deleteWithoutWhere = defineRule({
  code: 'lint/delete-without-where',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: delete
    confirm: { message: Go on?, expect: app }
    action: sqlite.execute
    with: { target: db, sql: "DELETE FROM sessions" }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: delete
    confirm: { message: Go on?, expect: app }
    action: sqlite.execute
    with: { target: db, sql: "DELETE FROM sessions WHERE expires_at < 100" }
`.slice(1),
  ),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context)) {
      const { kind, hasPredicate, table = '' } = statement;
      if (kind !== 'delete' || hasPredicate !== false) continue;
      if ((text.isChangeBounded && text.role === 'execute') || isMadeHere(text, index, table)) continue;
      yield {
        place,
        message: `this DELETE takes every row of \`${table}\`: no row can be left alone by its predicate`,
        fix: 'add a WHERE; to empty the table on purpose, bound it with `changes: { max: … }`',
      };
    }
  },
});
