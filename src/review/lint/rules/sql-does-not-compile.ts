// SQL that SQLite does not compile.

import type { SqlText } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { isLimited, statementsOf } from '../statements.ts';

export const sqlDoesNotCompile = defineRule({
  code: 'lint/sql-does-not-compile',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - { id: count, action: sqlite.query, with: { target: db, sql: SELECT count(* FROM jobs } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: count, action: sqlite.query, with: { target: db, sql: SELECT count(*) FROM jobs } }
`.slice(1),
  ),
  *check(context) {
    const unread = new Set<SqlText>();
    for (const { text, statement, place } of statementsOf(context, [
      'query',
      'execute',
      'prune',
      'migration',
      'down',
    ])) {
      const { problem, assumed, isUnread } = statement;
      // Two rules know better what some of these mean.
      if (problem === undefined || isLimited(statement) || /^cannot add a /i.test(problem)) continue;
      if (isUnread === true) {
        // Once for a text: of thousands of statements the first says it all.
        if (!unread.has(text))
          yield {
            place,
            message: `${problem}: nobody has checked it`,
            fix: 'divide the text',
            level: 'warning',
          };
        unread.add(text);
        continue;
      }
      const isSure = /syntax error$|^unrecognized token|^incomplete input/.test(problem);
      // Of tables that nobody has described, the reader may have assumed too little.
      const isKnown = context.hasSchema && assumed.length === 0;
      yield {
        place,
        message: `SQLite does not compile this: \`${problem}\``,
        fix:
          isSure || isKnown
            ? 'correct the SQL'
            : 'correct the SQL, or check it against the database: `belay lint --schema-from DATABASE`',
        ...(isSure || isKnown ? {} : { level: 'info' as const }),
      };
    }
    for (const text of context.sql) {
      const own = new Set(text.reading.statements.map(({ offset }) => offset));
      for (const { offset, message } of text.reading.problems)
        if (!own.has(offset))
          yield {
            place: text.place(offset, 1),
            message: `${message}: nobody has checked what follows`,
            fix: 'divide the text',
          };
    }
  },
});
