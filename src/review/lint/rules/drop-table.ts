// A table dropped.

import { defineRule, sqlExample } from '../rule.ts';
import { isMadeHere, isSame, rebuildsOf, renamesOf, statementsOf } from '../statements.ts';

export const dropTable = defineRule({
  code: 'lint/drop-table',
  severity: 'error',
  profile: 'safety',
  bad: sqlExample(`
DROP TABLE sessions;
`),
  good: sqlExample(`
ALTER TABLE sessions RENAME TO sessions_unused;
`),
  *check(context) {
    for (const { text, statement, index, place } of statementsOf(context, ['execute', 'migration'])) {
      const { kind, object } = statement;
      if (kind !== 'drop' || object?.type !== 'table' || object.isTemporary) continue;
      const { name } = object;
      const isRebuilt = rebuildsOf(text).some(({ drop }) => drop === statement);
      // A rebuild that renamed the old table first has a rule of its own.
      const wasRenamed = renamesOf(text).some((each) => isSame(each.after?.name, name));
      // What a rebuild left behind when it failed: made again at once, and renamed to the table that it is for.
      const isLeftover = renamesOf(text).some(
        (each) => each.offset > statement.offset && isSame(each.before?.name, name),
      );
      if (isRebuilt || wasRenamed || isLeftover || isMadeHere(text, index, name)) continue;
      yield {
        place,
        message: `table \`${name}\` is dropped with all its rows, and with those of others that refer to it`,
        fix: `rename it now, \`ALTER TABLE ${name} RENAME TO ${name}_unused\`, and drop it some releases later`,
      };
    }
  },
});
