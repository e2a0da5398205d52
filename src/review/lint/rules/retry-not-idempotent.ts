// A retry of what must not happen twice.

import { actionOf } from '../../../action/index.ts';
import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { ownSteps } from '../steps.ts';

export const retryNotIdempotent = defineRule({
  code: 'lint/retry-not-idempotent',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - id: charge
    action: command.run
    with: { argv: [./charge-customers] }
    retry: { limit: 3 }
    timeout: 5m
    rollback: none
    reason: an invoice that was sent stays sent
    stub: { exitCode: 0 }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: charge
    action: command.run
    with: { argv: [./charge-customers] }
    timeout: 5m
    rollback: none
    reason: an invoice that was sent stays sent
    stub: { exitCode: 0 }
`.slice(1),
  ),
  *check(context) {
    for (const step of ownSteps(context)) {
      const action = actionOf(step.action ?? '');
      if (action === undefined || action.isIdempotent || (step.retry?.limit ?? 0) === 0) continue;
      const isOutside = action.effect === 'external';
      // A transaction that failed left nothing; one that was committed and then not good enough did.
      const isCommitted = action.effect === 'change' && step.ensure !== undefined;
      if (!isOutside && !isCommitted) continue;
      yield {
        place: placeOf(step, '/retry', '/action'),
        message: `step \`${step.id}\` is retried, but \`${action.name}\` done twice is not the same as done once${isCommitted ? ': what `ensure` rejects is committed already' : ''}`,
        fix: isCommitted
          ? 'remove `retry`, or make the SQL safe to repeat'
          : 'remove `retry`, or let a step before it find out whether it is still needed',
      };
    }
  },
});
