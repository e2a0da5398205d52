// A program without a time limit.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';

export const externalWithoutTimeout = defineRule({
  code: 'lint/external-without-timeout',
  severity: 'warning',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: sync
    action: command.run
    with: { argv: [./sync] }
    rollback: { action: command.run, with: { argv: [./unsync] } }
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
    for (const { step } of context.steps) {
      if (step.action !== 'command.run' || step.timeoutMs !== undefined) continue;
      yield {
        place: placeOf(step, '/action'),
        message: `step \`${step.id}\` starts a program without a time limit: one that hangs keeps the run and its lease for ever`,
        fix: 'add `timeout: 10m`',
      };
    }
  },
});
