// A unique index on a table that may hold duplicates.

import { defineRule, sqlExample } from '../rule.ts';
import { isMadeHere, isSame, rebuildsOf, statementsOf } from '../statements.ts';

export const uniqueIndexOnData = defineRule({
  code: 'lint/unique-index-on-data',
  severity: 'warning',
  profile: 'safety',
  bad: sqlExample(`
CREATE UNIQUE INDEX users_mail ON users (mail);
`),
  good: sqlExample(`
CREATE INDEX users_mail ON users (mail);
`),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context, ['execute', 'migration'])) {
      const { kind, object, after } = statement;
      if (kind !== 'create' || object?.type !== 'index' || isMadeHere(text, index, object.table ?? ''))
        continue;
      const made = after?.indexes.find(({ name }) => name === object.name);
      if (made?.isUnique !== true) continue;
      // A rebuild makes its indexes again; where the old table is not known, so is what it had.
      const rebuilt = rebuildsOf(text).find(({ table }) => isSame(table, object.table))?.drop.before;
      const hadIt =
        rebuilt?.isAssumed === true ||
        rebuilt?.indexes.some((old) => old.isUnique && String(old.columns) === String(made.columns));
      if (hadIt === true) continue;
      yield {
        place,
        message: `the unique index \`${object.name}\` fails at the first duplicate that \`${object.table}\` holds`,
        fix: 'count the duplicates in a precondition first, and say so with an ignore',
      };
    }
  },
});
