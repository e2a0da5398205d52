// A step that can never run.

import type { Expression } from '../../../expression/index.ts';
import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';

export const unreachableStep = defineRule({
  code: 'lint/unreachable-step',
  severity: 'warning',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: check
    if: \${{ 1 > 2 }}
    action: sqlite.check
    with: { target: db }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: check, action: sqlite.check, with: { target: db } }
`.slice(1),
  ),
  *check(context) {
    let wall: string | undefined;
    for (const { step, role } of context.steps) {
      if (role === 'step' && wall !== undefined)
        yield {
          place: step.place,
          message: `step \`${step.id}\` can never run: the assertion of \`${wall}\` before it is always false`,
          fix: `correct the assertion of \`${wall}\`, or remove the steps after it`,
        };
      else if (isNever(step.if))
        yield {
          place: placeOf(step, '/if'),
          message: `step \`${step.id}\` can never run: its condition is always false`,
          fix: 'correct the condition, or remove the step',
        };
      else if (
        role === 'step' &&
        step.if === undefined &&
        step.onFailure !== 'continue' &&
        isNever(step.assert)
      )
        wall = step.id;
    }
  },
});

function isNever(expression: Expression | undefined): boolean {
  // What reads nothing is the same in every run.
  if (expression === undefined || expression.references.length > 0) return false;
  try {
    return expression.evaluate({}) === false;
  } catch {
    return false;
  }
}
