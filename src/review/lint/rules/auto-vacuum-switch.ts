// `auto_vacuum` switched without a VACUUM after it.

import { hasKey, placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';
import { ownSteps } from '../steps.ts';

export const autoVacuumSwitch = defineRule({
  code: 'lint/auto-vacuum-switch',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - { id: mode, action: sqlite.configure, with: { target: db, autoVacuum: incremental } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: mode, action: sqlite.configure, with: { target: db, autoVacuum: incremental } }
  - { id: vacuum, action: sqlite.vacuum, with: { target: db } }
`.slice(1),
  ),
  *check(context) {
    const steps = ownSteps(context);
    for (const [index, step] of steps.entries()) {
      if (step.action !== 'sqlite.configure' || !hasKey(step.with, 'autoVacuum')) continue;
      const isRewritten = steps
        .slice(index + 1)
        .some(
          ({ action, targets }) =>
            action === 'sqlite.vacuum' && targets.some((each) => step.targets.includes(each)),
        );
      if (!isRewritten)
        yield {
          place: placeOf(step, '/with/autoVacuum'),
          message: `step \`${step.id}\` sets \`autoVacuum\`, which does nothing before the file is rewritten`,
          fix: 'add a `sqlite.vacuum` after it',
        };
    }
    for (const { statement, place } of statementsOf(context))
      if (statement.pragma?.name === 'auto_vacuum' && statement.pragma.value !== '')
        yield {
          place,
          message:
            '`PRAGMA auto_vacuum` does nothing in the SQL of a step: the file would have to be rewritten after it',
          fix: 'use `sqlite.configure` with `autoVacuum`, and a `sqlite.vacuum` after it',
        };
  },
});
