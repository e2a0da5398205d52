// A program of which nothing says how it is taken back.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { ownSteps } from '../steps.ts';

export const externalWithoutUndo = defineRule({
  code: 'lint/external-without-undo',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - id: sync
    action: command.run
    with: { argv: [./sync] }
    timeout: 5m
    stub: { exitCode: 0 }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: sync
    action: command.run
    with: { argv: [./sync] }
    timeout: 5m
    rollback: { action: command.run, with: { argv: [./unsync] } }
    stub: { exitCode: 0 }
`.slice(1),
  ),
  *check(context) {
    for (const step of ownSteps(context)) {
      if (step.action !== 'command.run' || step.rollback !== undefined) continue;
      yield {
        place: placeOf(step, '/action'),
        message: `nothing says how the effect of step \`${step.id}\` is taken back: a rollback would leave it in place`,
        fix: 'add `rollback: { action: …, with: … }`, or `rollback: none` with a `reason`',
      };
    }
  },
});
