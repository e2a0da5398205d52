// Data destroyed on a target that has no backup.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { isDestroying, ownSteps } from '../steps.ts';

export const unprotectedDestroy = defineRule({
  code: 'lint/unprotected-destroy',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: clear
    confirm: { message: Delete the old entries?, expect: cache }
    action: sqlite.prune
    with: { target: db, table: entries, where: "used_at < 100", maxShare: 0.5 }
`.slice(1),
    { targets: '  db: { driver: sqlite, path: ./cache.db, backup: none, reason: it is filled again }' },
  ),
  good: runbookExample(
    `
  - { id: keep, action: backup.create, with: { target: db } }
  - id: clear
    confirm: { message: Delete the old entries?, expect: cache }
    action: sqlite.prune
    with: { target: db, table: entries, where: "used_at < 100", maxShare: 0.5 }
`.slice(1),
    { targets: '  db: { driver: sqlite, path: ./cache.db, backup: none, reason: it is filled again }' },
  ),
  *check(context) {
    const steps = ownSteps(context);
    const bare = new Set(
      context.runbook?.targets.filter(({ backup }) => backup?.kind === 'none').map(({ name }) => name),
    );
    for (const [index, step] of steps.entries()) {
      if (!isDestroying(context, step)) continue;
      for (const target of step.targets) {
        const isKept = steps
          .slice(0, index)
          .some(({ action, targets }) => action === 'backup.create' && targets.includes(target));
        if (bare.has(target) && !isKept)
          yield {
            place: placeOf(step, '/action'),
            message: `step \`${step.id}\` destroys data of \`${target}\`, which has \`backup: none\`: nothing could bring it back`,
            fix: `add a step before it: \`action: backup.create\`, \`with: { target: ${target} }\``,
          };
      }
    }
  },
});
