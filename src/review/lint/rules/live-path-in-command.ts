// The path of a target given to a program that does not declare to touch it.

import { catalogueEntryNamed, commandOf, targetNamed } from '../commands.ts';
import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';

export const livePathInCommand = defineRule({
  code: 'lint/live-path-in-command',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: fix
    action: command.run
    with: { argv: [./fix-database, ./app.db] }
    timeout: 5m
    rollback: none
    reason: what it does is safe to keep
    stub: { exitCode: 0 }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: fix
    action: command.run
    with: { argv: [./fix-database, ./app.db], touches: [db] }
    timeout: 5m
    rollback: none
    reason: what it does is safe to keep
    stub: { exitCode: 0 }
`.slice(1),
  ),
  *check(context) {
    for (const { step } of context.steps) {
      const command = commandOf(step);
      if (command === undefined) continue;
      const named = command.words
        .map((word) => targetNamed(context, word))
        .find((target) => target !== undefined);
      const entry = command.words
        .map((word) => catalogueEntryNamed(context, word))
        .find((name) => name !== undefined);
      if (named === undefined && entry !== undefined)
        yield {
          place: placeOf(step, command.pointer),
          message: `step \`${step.id}\` gives a program the path of \`${entry}\` of the catalogue, which is no target of the runbook: no backup, no lease and no policy is between them`,
          fix: `declare a target with \`use: ${entry}\`, and add it to \`touches\``,
        };
      if (named === undefined || step.targets.includes(named)) continue;
      yield {
        place: placeOf(step, command.pointer),
        message: `step \`${step.id}\` gives a program the path of \`${named}\`, but does not say that it touches it: Belay takes what it writes for the work of strangers`,
        fix: `add \`touches: [${named}]\``,
      };
    }
  },
});
