// More than one statement where only one is taken.

import { defineRule, runbookExample } from '../rule.ts';
import { placeOfStatement } from '../statements.ts';

export const severalStatements = defineRule({
  code: 'lint/several-statements',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - { id: count, action: sqlite.query, with: { target: db, sql: SELECT 1; SELECT 2 } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: count, action: sqlite.query, with: { target: db, sql: SELECT 1 } }
`.slice(1),
  ),
  *check(context) {
    for (const text of context.sql) {
      const [, second] = text.reading.statements;
      if (!text.isSingle || second === undefined) continue;
      yield {
        place: placeOfStatement(text, second),
        message: `this is a second statement where one is taken: the step is refused`,
        fix: 'put each statement under `statements` of `sqlite.execute`',
      };
    }
  },
});
