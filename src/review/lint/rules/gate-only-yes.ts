// A `confirm` where the environment demands an approval.

import { placeOf } from '../context.ts';
import { defineRule, type Example, runbookExample } from '../rule.ts';
import { isDestroying, ownSteps } from '../steps.ts';

export const gateOnlyYes = defineRule({
  code: 'lint/gate-only-yes',
  severity: 'error',
  profile: 'production',
  bad: inProduction(
    runbookExample(
      `
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < 100", maxShare: 0.5 }
`.slice(1),
    ),
  ),
  good: inProduction(
    runbookExample(
      `
  - id: purge
    approval: { message: Delete old jobs?, approvers: ["@dba"] }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < 100", maxShare: 0.5 }
`.slice(1),
    ),
  ),
  *check(context) {
    const environments = Object.values(context.project?.environments ?? {});
    const steps = ownSteps(context);
    for (const [index, step] of steps.entries()) {
      const effects = isDestroying(context, step) ? [step.effect, 'destroy'] : [step.effect];
      const demanding = environments.find(({ policy }) => {
        const wanted: readonly string[] = policy?.approvalFor ?? [];
        return effects.some((effect) => wanted.includes(effect));
      });
      const isApproved = steps.slice(0, index + 1).some(({ gate }) => gate?.kind === 'approval');
      if (demanding === undefined || isApproved || step.gate?.kind !== 'confirm') continue;
      yield {
        place: placeOf(step, '/confirm'),
        message: `environment \`${demanding.name}\` demands an approval for step \`${step.id}\`, which the operator alone can confirm`,
        fix: 'replace `confirm` by `approval: { message: …, approvers: [ … ] }`',
      };
    }
  },
});

function inProduction(example: Example): Example {
  const policy = 'environments:\n  prod: { policy: { approvalFor: [destroy] } }\n';
  return { ...example, files: { 'belay.yaml': `apiVersion: belay/v1\n${policy}` } };
}
