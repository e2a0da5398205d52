// Steps that can fail after a point of no return.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { canFail, isChanging, ownSteps } from '../steps.ts';

export const pointOfNoReturn = defineRule({
  code: 'lint/point-of-no-return',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - id: announce
    action: command.run
    with: { argv: [./announce] }
    timeout: 1m
    rollback: none
    reason: mail that was sent stays sent
    stub: { exitCode: 0 }
  - { id: mark, action: sqlite.execute, with: { target: db, sql: UPDATE jobs SET state = 'old' WHERE done_at < 100 } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: mark, action: sqlite.execute, with: { target: db, sql: UPDATE jobs SET state = 'old' WHERE done_at < 100 } }
  - id: announce
    action: command.run
    with: { argv: [./announce] }
    timeout: 1m
    rollback: none
    reason: mail that was sent stays sent
    stub: { exitCode: 0 }
`.slice(1),
  ),
  *check(context) {
    const steps = ownSteps(context);
    for (const [index, step] of steps.entries()) {
      if (step.rollback?.kind !== 'none' || step.accept === true) continue;
      const later = steps
        .slice(index + 1)
        .find((each) => canFail(each) && (isChanging(each) || each.effect === 'external'));
      if (later === undefined) continue;
      yield {
        place: placeOf(step, '/rollback'),
        message: `nothing takes step \`${step.id}\` back, and \`${later.id}\` after it can still fail: then all is put back but this`,
        fix: `move step \`${step.id}\` behind \`${later.id}\``,
      };
    }
  },
});
