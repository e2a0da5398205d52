// Files removed before the last step that can fail.

import { commandOf, programsIn } from '../commands.ts';
import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { canFail, ownSteps } from '../steps.ts';

export const deleteFilesEarly = defineRule({
  code: 'lint/delete-files-early',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - { id: expire, action: backup.expire, with: { target: db, keep: { last: 5 } } }
  - { id: check, action: sqlite.check, with: { target: db, mode: integrity } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: check, action: sqlite.check, with: { target: db, mode: integrity } }
  - { id: expire, action: backup.expire, with: { target: db, keep: { last: 5 } } }
`.slice(1),
  ),
  *check(context) {
    const steps = ownSteps(context);
    for (const [index, step] of steps.entries()) {
      const command = commandOf(step);
      const removes =
        step.action === 'backup.expire' ||
        step.action === 'file.expire' ||
        (command !== undefined && programsIn(command).some((word) => removing.has(word)));
      const later = steps.slice(index + 1).find((each) => canFail(each) && !isRemoving(each.action));
      if (!removes || later === undefined) continue;
      yield {
        place: placeOf(step, '/action'),
        message: `step \`${step.id}\` removes ${step.action === 'backup.expire' ? 'backups' : 'files'} while \`${later.id}\`, after it, can still fail: a rollback does not bring them back`,
        fix: `move step \`${step.id}\` behind \`${steps.findLast(canFail)?.id ?? later.id}\``,
      };
    }
  },
});

const removing = new Set(['rm', 'unlink', 'shred']);

function isRemoving(action: string | undefined): boolean {
  return action === 'backup.expire' || action === 'file.expire';
}
