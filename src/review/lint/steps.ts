// Questions that several rules ask of the steps of a runbook.

import type { Step } from '../../runbook/index.ts';
import type { LintContext, SqlText } from './context.ts';

/** The steps proper, in order, with their index. */
export function ownSteps(context: LintContext): readonly Step[] {
  return context.steps.filter(({ role }) => role === 'step').map(({ step }) => step);
}

/** A quarantine keeps what it moves aside, and moves it back. */
export function isDestroying(context: LintContext, step: Step): boolean {
  if (step.action === 'backup.quarantine') return false;
  return step.targets.length > 0 && (step.effect === 'destroy' || destroyedBySql(context, step));
}

/** Rows deleted or tables dropped by the SQL of a step; a scratch target has nothing to lose. */
function destroyedBySql(context: LintContext, step: Step): boolean {
  return sqlOf(context, step).some(
    ({ role, reading }) =>
      role === 'execute' &&
      reading.statements.some(
        ({ kind, object }) => kind === 'delete' || (kind === 'drop' && object?.type === 'table'),
      ),
  );
}

const textsByStep = new WeakMap<LintContext, ReadonlyMap<Step | undefined, readonly SqlText[]>>();

function sqlOf(context: LintContext, step: Step): readonly SqlText[] {
  const known = textsByStep.get(context) ?? Map.groupBy(context.sql, (text) => text.step);
  textsByStep.set(context, known);
  return known.get(step) ?? [];
}

/** It writes to a database that outlives the run. */
export function isChanging({ effect, targets }: Step): boolean {
  return (effect === 'change' || effect === 'destroy') && targets.length > 0;
}

/** After a failure here the run goes on or stops; a check that only reads can fail too. */
export function canFail({ kind, onFailure }: Step): boolean {
  return kind !== 'gate' && onFailure !== 'continue';
}

/** Its own gate, or one before it since which nothing was changed. */
export function gateBefore(steps: readonly Step[], index: number): Step | undefined {
  for (let i = index; i >= 0; i--) {
    const step = steps[i];
    if (step?.gate !== undefined) return step;
    if (i < index && step !== undefined && isChanging(step)) return undefined;
  }
  return undefined;
}
