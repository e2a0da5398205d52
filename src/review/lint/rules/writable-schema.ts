// The schema written to as a table.

import { defineRule, sqlExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const writableSchema = defineRule({
  code: 'lint/writable-schema',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
PRAGMA writable_schema = ON;
`),
  good: sqlExample(`
ALTER TABLE users RENAME COLUMN nme TO name;
`),
  *check(context) {
    for (const { statement, place } of statementsOf(context, everywhere)) {
      const { pragma } = statement;
      if (
        pragma === undefined ||
        pragma.value === '' ||
        !(pragma.name === 'writable_schema' || pragma.name === 'schema_version')
      )
        continue;
      yield {
        place,
        message: `\`PRAGMA ${pragma.name}\` lets one mistake make the whole database unreadable, and is refused`,
        fix: 'use ALTER TABLE, or rebuild the table',
      };
    }
  },
});

const everywhere = ['query', 'execute', 'migration', 'down'] as const;
