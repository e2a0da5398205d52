// `secure_delete` set where it does not last.

import { defineRule, sqlExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const secureDeleteAssumed = defineRule({
  code: 'lint/secure-delete-assumed',
  severity: 'warning',
  profile: 'production',
  bad: sqlExample(`
PRAGMA secure_delete = ON;
DELETE FROM users WHERE left_at < 100;
`),
  good: sqlExample(`
DELETE FROM users WHERE left_at < 100;
`),
  *check(context) {
    for (const { statement, place } of statementsOf(context, everywhere)) {
      const { pragma } = statement;
      if (pragma === undefined || pragma.value === '' || !(pragma.name === 'secure_delete')) continue;
      yield {
        place,
        message:
          '`secure_delete` holds for this connection and for what it deletes from now on: backups, old pages and the tables of a full-text index keep the content',
        fix: 'remove it; to erase content, `sqlite.vacuum` afterwards and expire the backups',
      };
    }
  },
});

const everywhere = ['query', 'execute', 'migration', 'down'] as const;
