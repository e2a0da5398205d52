// Decides whether every change of a run has a way back, as far as this version can give one: a run that changes data
// must say that it stops and keeps (`onFailure: abort`), and must have taken a backup of the target itself.

import type { Finding } from '../diagnostic/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';

/** Empty when the run may start. */
export function missingWaysBack(runbook: Runbook): Finding[] {
  const findings: Finding[] = [];
  const backedUp = new Set<string>();
  let hasChanged = false;
  for (const step of runbook.steps) {
    if (step.action === 'backup.create' && step.if === undefined)
      for (const name of step.targets) backedUp.add(name);
    const changes = step.effect === 'change' || step.effect === 'destroy';
    if (changes) {
      hasChanged = true;
      for (const name of step.targets.filter((each) => !backedUp.has(each)))
        findings.push(noBackup(step, name));
    }
    if (hasChanged && step.onFailure === 'rollback') findings.push(noRollback(step, changes));
  }
  return findings;
}

function noRollback(step: Step, changes: boolean): Finding {
  return {
    code: 'run/rollback-not-available',
    level: 'error',
    message: changes
      ? `step \`${step.id}\` changes data and asks for automatic rollback, which this version of Belay does not do yet`
      : `step \`${step.id}\` comes after a change and asks for automatic rollback, which this version of Belay does not do yet`,
    place: step.places['/onFailure'] ?? step.place,
    state: 'nothing was started; the targets are as before',
    fix: 'say `onFailure: abort` on the step or under `defaults`: the run then stops, keeps what was done and names the backup',
  };
}

function noBackup(step: Step, target: string): Finding {
  return {
    code: 'run/rollback-not-available',
    level: 'error',
    message: `step \`${step.id}\` changes target \`${target}\`, and no earlier step takes a backup of it`,
    place: step.place,
    state: 'nothing was started; the targets are as before',
    fix: `add \`{ id: backup, action: backup.create, with: { target: ${target} } }\` before it`,
  };
}
