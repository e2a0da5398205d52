// A PRAGMA that switches a protection off.

import { defineRule, sqlExample } from '../rule.ts';
import { isDangerous, statementsOf } from '../statements.ts';

export const dangerousPragma = defineRule({
  code: 'lint/dangerous-pragma',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
PRAGMA synchronous = OFF;
UPDATE jobs SET state = 'old' WHERE done_at < 100;
`),
  good: sqlExample(`
UPDATE jobs SET state = 'old' WHERE done_at < 100;
`),
  *check(context) {
    for (const { statement, place } of statementsOf(context, everywhere)) {
      const { pragma } = statement;
      if (pragma === undefined || pragma.value === '' || !isDangerous(pragma.name, pragma.value)) continue;
      yield {
        place,
        message: `\`PRAGMA ${pragma.name} = ${pragma.value}\` lets a power cut or a kill corrupt the database, and is refused`,
        fix: 'remove it',
      };
    }
  },
});

const everywhere = ['query', 'execute', 'migration', 'down'] as const;
