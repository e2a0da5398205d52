// A PRAGMA that switches a protection off.

import { defineRule, sqlExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

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

function isDangerous(name: string, value: string): boolean {
  const word = value.replaceAll(/['"]/g, '').toLowerCase();
  if (name === 'synchronous') return word === 'off' || word === '0';
  if (name === 'journal_mode') return word === 'off' || word === 'memory';
  return name === 'ignore_check_constraints' ? word === 'on' || word === '1' : false;
}
