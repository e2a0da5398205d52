// Which targets a run changes, and where the engine's own backups stand in it.

import type { Step } from '../runbook/index.ts';

/** Targets that these steps change, or let a program change, in the order of first change. */
export function changedTargets(steps: readonly Step[]): string[] {
  const names = steps.flatMap((step) => {
    // A quarantine is its own way back, also of what no backup can be taken of.
    const isChange =
      (step.effect === 'change' || step.effect === 'destroy') && step.action !== 'backup.quarantine';
    return isChange || step.action === 'command.run' ? step.targets : [];
  });
  return [...new Set(names)];
}

/** The id of the engine's backup of a target; a dot cannot be in the id of a step. */
export function protectionStep(target: string): string {
  return `backup.${target}`;
}
