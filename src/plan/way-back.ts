// Which targets a run changes, and where the engine's own backups stand in it.

import type { Step } from '../runbook/index.ts';
import type { TargetSpec } from '../target/index.ts';

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

/**
 * Targets that must have their backup before this step: all that the run changes, before the first change of any; one
 * with `before: maintain` before its own first maintenance. Those with `backup: none` are not among them.
 */
export function targetsToProtect(
  step: Step,
  steps: readonly Step[],
  specs: readonly TargetSpec[],
): readonly string[] {
  const all = changedTargets([step]).length > 0 ? changedTargets(steps) : maintained(step, specs);
  return all.filter((name) => specs.find((spec) => spec.name === name)?.backup?.kind !== 'none');
}

/** A backup is no maintenance that needs one. */
function maintained(step: Step, specs: readonly TargetSpec[]): readonly string[] {
  if (step.effect !== 'maintain' || step.action?.startsWith('backup.')) return [];
  return step.targets.filter((name) => {
    const backup = specs.find((spec) => spec.name === name)?.backup;
    return backup?.kind === 'backup' && backup.before === 'maintain';
  });
}

/** Why a target that the run changes has no backup of its own. */
export function unprotected(
  steps: readonly Step[],
  specs: readonly TargetSpec[],
): readonly { readonly target: string; readonly reason: string }[] {
  return changedTargets(steps).flatMap((target) => {
    const backup = specs.find((spec) => spec.name === target)?.backup;
    return backup?.kind === 'none' ? [{ target, reason: backup.reason }] : [];
  });
}

/** The id of the engine's backup of a target; a dot cannot be in the id of a step. */
export function protectionStep(target: string): string {
  return `backup.${target}`;
}
