// A gate asked after the database was changed.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { isChanging, ownSteps } from '../steps.ts';

export const gateAfterChange = defineRule({
  code: 'lint/gate-after-change',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - { id: mark, action: sqlite.execute, with: { target: db, sql: UPDATE jobs SET state = 'old' WHERE done_at < 100 } }
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "state = 'old'", maxShare: 0.5 }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: mark
    confirm: { message: Mark and delete old jobs?, expect: jobs }
    action: sqlite.execute
    with: { target: db, sql: UPDATE jobs SET state = 'old' WHERE done_at < 100 }
  - { id: purge, action: sqlite.prune, with: { target: db, table: jobs, where: "state = 'old'", maxShare: 0.5 } }
`.slice(1),
  ),
  *check(context) {
    let changed: string | undefined;
    for (const step of ownSteps(context)) {
      if (step.gate !== undefined && changed !== undefined)
        yield {
          place: placeOf(step, '/confirm', '/approval'),
          message: `step \`${step.id}\` asks after \`${changed}\` has changed the database: a no has to put it back, and others see it until then`,
          fix: `ask before step \`${changed}\``,
        };
      if (step.accept === true) changed = undefined;
      else if (isChanging(step)) changed ??= step.id;
    }
  },
});
