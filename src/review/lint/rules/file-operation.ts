// A live database handled as a file.

import { catalogueEntryNamed, commandOf, namesSidecar, programsIn, targetNamed } from '../commands.ts';
import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';

export const fileOperation = defineRule({
  code: 'lint/file-operation',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: copy
    action: command.run
    with: { argv: [cp, ./app.db, ./copy.db], touches: [db] }
    timeout: 5m
    rollback: none
    reason: a copy does no harm
    stub: { exitCode: 0 }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: copy, action: backup.create, with: { target: db } }
`.slice(1),
  ),
  *check(context) {
    for (const { step } of context.steps) {
      const command = commandOf(step);
      if (command === undefined) continue;
      const program = programsIn(command).find((word) => filePrograms.has(word));
      const file = command.words.find(
        (word) =>
          namesSidecar(word) ||
          targetNamed(context, word) !== undefined ||
          catalogueEntryNamed(context, word) !== undefined,
      );
      if (program === undefined || file === undefined) continue;
      yield {
        place: placeOf(step, command.pointer),
        message: `step \`${step.id}\` uses \`${program}\` on \`${file}\`, which a running application may have open: that tears the copy or the database itself`,
        fix: 'use `backup.create`, `backup.restore` or `backup.quarantine`',
      };
    }
  },
});

const filePrograms = new Set('cp mv rm rsync scp ln dd install truncate shred unlink tar gzip'.split(' '));
