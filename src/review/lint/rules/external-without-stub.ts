// A program that a rehearsal cannot stand in for.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { ownSteps } from '../steps.ts';

export const externalWithoutStub = defineRule({
  code: 'lint/external-without-stub',
  severity: 'info',
  profile: 'production',
  bad: runbookExample(
    `
  - id: sync
    action: command.run
    with: { argv: [./sync] }
    timeout: 5m
    rollback: { action: command.run, with: { argv: [./unsync] } }
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
      if (step.action !== 'command.run' || step.stub !== undefined || step.rehearse === 'run') continue;
      yield {
        place: placeOf(step, '/action'),
        message: `a rehearsal of step \`${step.id}\` has nothing to stand in for its program, so that the steps that use its output are not rehearsed`,
        fix: 'add `stub: { exitCode: 0, stdout: … }`, or `rehearse: run`',
      };
    }
  },
});
