// What the process that runs SQL refuses: PRAGMAs, functions and modules that are not on its list.

import { isPragmaAllowed, refusedFunctions } from '../../../sqlite/index.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { isDangerous, statementsOf } from '../statements.ts';

export const refusedInSql = defineRule({
  code: 'lint/refused-in-sql',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - { id: wal, action: sqlite.execute, with: { target: db, sql: PRAGMA journal_mode = WAL } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: wal, action: sqlite.configure, with: { target: db, journalMode: wal } }
`.slice(1),
  ),
  *check(context) {
    for (const { text, statement, place } of statementsOf(context, [
      'query',
      'execute',
      'migration',
      'down',
    ])) {
      const { pragma, functions } = statement;
      const isRefused =
        pragma !== undefined &&
        !isPragmaAllowed(pragma.name, pragma.value, text.role === 'query') &&
        !knownBetter.has(pragma.name) &&
        !isDangerous(pragma.name, pragma.value);
      const called = functions.find((name) => refusedFunctions.has(name));
      if (!isRefused && called === undefined) continue;
      yield {
        place,
        message: `${called === undefined ? `\`PRAGMA ${pragma?.name}\`` : `the function \`${called}()\``} is refused when the step runs: it could switch off what protects the database`,
        fix: fixes[pragma?.name ?? ''] ?? 'remove it',
      };
    }
  },
});

/** A rule of its own says why. */
const knownBetter = new Set(
  'synchronous writable_schema schema_version secure_delete page_size auto_vacuum ignore_check_constraints'.split(
    ' ',
  ),
);

const fixes: Readonly<Record<string, string>> = {
  journal_mode: 'use `sqlite.configure` with `journalMode`',
  foreign_keys: 'make it a migration, where it stands first in the file, and apply it with `sqlite.migrate`',
  optimize: 'use `sqlite.optimize`',
  wal_checkpoint: 'use `sqlite.checkpoint`',
  incremental_vacuum: 'use `sqlite.vacuum`',
};
