// How a plan says in words what covers a step and what happens to it on failure.

import type { Effect } from '../journal/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';

const strength: readonly Effect[] = ['read', 'maintain', 'external', 'change', 'destroy'];

export function strongestEffect(steps: readonly Step[]): Effect {
  return steps.reduce<Effect>(
    (strongest, { effect }) => (strength.indexOf(effect) > strength.indexOf(strongest) ? effect : strongest),
    'read',
  );
}

/** The backup that a change would be taken back to. */
export function backupWords(runbook: Runbook, step: Step): string | undefined {
  if (step.effect !== 'change' && step.effect !== 'destroy') return undefined;
  const before = runbook.steps.slice(0, runbook.steps.indexOf(step));
  const covering = before.findLast(
    (each) => each.action === 'backup.create' && each.targets.some((name) => step.targets.includes(name)),
  );
  return covering === undefined ? 'none' : `taken by \`${covering.id}\``;
}

export function rollbackWords(step: Step): string {
  switch (step.effect) {
    case 'read':
      return 'nothing to undo';
    case 'maintain':
      return 'nothing to undo: the content stays the same';
    case 'external':
      return 'not undone: an effect outside the targets';
    default:
      return 'kept: the run stops and names the backup';
  }
}
