// A column dropped.

import { defineRule, sqlExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const dropColumn = defineRule({
  code: 'lint/drop-column',
  severity: 'error',
  profile: 'safety',
  bad: sqlExample(`
ALTER TABLE users DROP COLUMN phone;
`),
  good: sqlExample(`
ALTER TABLE users ADD COLUMN mobile TEXT;
`),
  *check(context) {
    for (const { statement, place } of statementsOf(context, ['execute', 'migration'])) {
      const { kind, before, after } = statement;
      if (kind !== 'alter' || before === undefined || after === undefined) continue;
      const dropped = before.columns.find(
        ({ name }) => !after.columns.some((column) => column.name === name),
      );
      if (dropped === undefined || before.columns.length <= after.columns.length) continue;
      yield {
        place,
        message: `column \`${before.name}.${dropped.name}\` is dropped with its values, and what still names it fails`,
        fix: 'stop using it first, and drop it some releases later',
      };
    }
  },
});
