// A run that goes on after a step that stopped half-way.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { ownSteps } from '../steps.ts';

export const continueNotAtomic = defineRule({
  code: 'lint/continue-not-atomic',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < 100", maxShare: 0.5 }
    onFailure: continue
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < 100", maxShare: 0.5 }
`.slice(1),
  ),
  *check(context) {
    for (const step of ownSteps(context)) {
      if (step.onFailure !== 'continue') continue;
      const isLoop = step.forEach !== undefined && step.effect !== 'read';
      const why =
        halfWay[step.action ?? ''] ?? (isLoop ? 'does some of its items and not the others' : undefined);
      if (why === undefined) continue;
      yield {
        place: placeOf(step, '/onFailure'),
        message: `the run goes on when step \`${step.id}\` fails, though it then ${why}`,
        fix: 'remove `onFailure: continue`, so that a failure is put back',
      };
    }
  },
});

/** What a failure of the action leaves behind. */
const halfWay: Readonly<Record<string, string>> = {
  'sqlite.prune': 'has deleted some chunks and not the others',
  'sqlite.migrate': 'has applied some migrations and not the others',
  'backup.restore': 'leaves the database between two states',
  'backup.quarantine': 'may have moved some of the files',
  'command.run': 'has done nobody knows how much',
};
