// Another database attached in SQL.

import { defineRule, sqlExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';

export const attach = defineRule({
  code: 'lint/attach',
  severity: 'error',
  profile: 'basic',
  bad: sqlExample(`
ATTACH 'archive.db' AS archive;
`),
  good: sqlExample(`
CREATE TABLE archive (id INTEGER PRIMARY KEY);
`),
  *check(context) {
    for (const { statement, place } of statementsOf(context, ['query', 'execute', 'migration', 'down']))
      if (statement.kind === 'attach' || statement.kind === 'detach')
        yield {
          place,
          message: `${statement.kind.toUpperCase()} is refused: a second file${statement.file === undefined ? '' : `, \`${statement.file}\`,`} would have no lease, no backup and no way back`,
          fix: 'declare the other database as a target',
        };
  },
});
