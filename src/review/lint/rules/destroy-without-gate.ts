// Data destroyed without anybody being asked.

import { hasKey, placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { gateBefore, isDestroying, ownSteps } from '../steps.ts';

export const destroyWithoutGate = defineRule({
  code: 'lint/destroy-without-gate',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - { id: purge, action: sqlite.execute, with: { target: db, sql: DELETE FROM jobs WHERE state = 'done', changes: { max: 1000 } } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: purge
    confirm: { message: Delete finished jobs?, expect: jobs }
    action: sqlite.execute
    with: { target: db, sql: DELETE FROM jobs WHERE state = 'done', changes: { max: 1000 } }
`.slice(1),
  ),
  *check(context) {
    const steps = ownSteps(context);
    for (const [index, step] of steps.entries()) {
      if (!isDestroying(context, step) || gateBefore(steps, index) !== undefined) continue;
      // A prune that refuses too many rows by itself can run at night, when there is nobody to ask.
      const isBounded = hasKey(step.with, 'maxShare') || hasKey(step.with, 'maxRows');
      if (step.action === 'sqlite.prune' && isBounded) continue;
      yield {
        place: placeOf(step, '/action'),
        message: `step \`${step.id}\` destroys data of \`${step.targets.join('`, `')}\`, and nobody is asked before it`,
        fix:
          step.action === 'sqlite.prune'
            ? 'add a `confirm`, or bound it with `maxShare`'
            : `add \`confirm: { message: …, expect: "\${{ target.${step.targets[0]}.name }}" }\``,
      };
    }
  },
});
