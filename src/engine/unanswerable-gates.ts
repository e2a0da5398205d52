// Gates ahead that nobody could answer: found before a run changes anything, so that it never stops half-way only because
// nobody is there.

import { Failure, type Finding } from '../diagnostic/index.ts';
import type { RunView } from '../journal/index.ts';
import { type ResolvedRun, staticBindings } from '../plan/index.ts';
import type { Step } from '../runbook/index.ts';
import type { RunRequest } from './request.ts';

/** Empty when every `confirm` that may be asked has somebody to answer it. */
export function unanswerableGates({ resolved, gates, now, continues }: RunRequest): Finding[] {
  // A rollback asks no gate of the runbook.
  if (continues !== undefined && continues.kind !== 'resume') return [];
  return resolved.runbook.steps.flatMap((step) => {
    const { gate } = step;
    if (continues !== undefined && isBehind(continues.view, step.id)) return [];
    if (gate?.kind !== 'confirm' || isSurelySkipped(resolved, step, now)) return [];
    const hasExpect = gate.expect !== undefined;
    if (gates?.canAnswer({ step: step.id, hasExpect }) === true) return [];
    return [unanswerable(step, hasExpect)];
  });
}

/** Not asked again, unless what it showed has changed. */
function isBehind({ steps, gates }: RunView, id: string): boolean {
  const state = steps.find((step) => step.id === id)?.state;
  const isConfirmed = gates.some(
    ({ step, decisions }) => step === id && decisions.some(({ decision }) => decision === 'confirmed'),
  );
  return isConfirmed || state === 'succeeded' || state === 'skipped';
}

/** What an `if` reads is fixed at the start only when it is params, the runbook or `now`. */
function isSurelySkipped({ runbook, params }: ResolvedRun, { if: condition }: Step, now: Date): boolean {
  const isFixed = condition?.references.every(([root = '']) => ['params', 'runbook', 'now'].includes(root));
  if (condition === undefined || isFixed !== true) return false;
  try {
    return condition.evaluate(staticBindings(runbook, params, now)) === false;
  } catch (error) {
    // The step will say what is wrong with it.
    if (error instanceof Failure) return false;
    throw error;
  }
}

function unanswerable(step: Step, hasExpect: boolean): Finding {
  return {
    code: 'gate/nobody-to-ask',
    level: 'error',
    message: `step \`${step.id}\` has to be confirmed, and there is nobody to ask`,
    place: step.places['/confirm'] ?? step.place,
    state: 'nothing was started; the targets are as before',
    fix: hasExpect
      ? `run it on a terminal, or answer in advance: \`--confirm ${step.id}=TEXT\``
      : 'run it on a terminal, or answer in advance: `--yes`',
  };
}
