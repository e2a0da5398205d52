// A service started after a restore that may still be taken back.

import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { ownSteps } from '../steps.ts';

export const startBeforeAccept = defineRule({
  code: 'lint/start-before-accept',
  severity: 'error',
  profile: 'safety',
  bad: runbookExample(
    `
  - id: restore
    confirm: { message: Put the backup back?, expect: app }
    action: backup.restore
    with: { target: db, backup: bak-20260101-000000-abcd }
  - { id: sound, action: sqlite.check, with: { target: db, mode: integrity } }
  - { id: start, action: service.start, with: { unit: app.service, releases: [db] } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: restore
    confirm: { message: Put the backup back?, expect: app }
    action: backup.restore
    with: { target: db, backup: bak-20260101-000000-abcd }
  - { id: sound, action: sqlite.check, with: { target: db, mode: integrity }, accept: true }
  - { id: start, action: service.start, with: { unit: app.service, releases: [db] } }
`.slice(1),
  ),
  *check(context) {
    let restored: string | undefined;
    for (const step of ownSteps(context)) {
      const { action = '' } = step;
      if (action === 'backup.restore' || action === 'backup.quarantine') restored = step.id;
      if (restored !== undefined && (action === 'service.start' || action === 'http.check'))
        yield {
          place: placeOf(step, '/action'),
          message: `step \`${step.id}\` ${action === 'http.check' ? 'asks a service for its health' : 'starts a service'} before the result of \`${restored}\` is accepted: if it fails, the old database comes back`,
          fix: 'add `accept: true` to the check that proves the restored database',
        };
      if (step.accept === true) restored = undefined;
    }
  },
});
