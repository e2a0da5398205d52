// A gate before destroyed data that `--yes` answers.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { gateBefore, isDestroying, ownSteps } from '../steps.ts';

export const gateWithoutExpect = defineRule({
  code: 'lint/gate-without-expect',
  severity: 'warning',
  profile: 'production',
  bad: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs? }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < 100", maxShare: 0.5 }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs?, expect: "\${{ target.db.name }}" }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < 100", maxShare: 0.5 }
`.slice(1),
  ),
  *check(context) {
    const steps = ownSteps(context);
    for (const [index, step] of steps.entries()) {
      const asked = isDestroying(context, step) ? gateBefore(steps, index) : undefined;
      if (asked?.gate?.kind !== 'confirm' || asked.gate.expect !== undefined) continue;
      yield {
        place: placeOf(asked, '/confirm'),
        message: `\`--yes\` answers the gate of step \`${asked.id}\`, so that a script destroys data of \`${step.targets.join('`, `')}\` unasked`,
        fix: `add \`expect: "\${{ target.${step.targets[0]}.name }}"\``,
      };
    }
  },
});
