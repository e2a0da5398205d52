// Undoes one step outside the targets: what the step declares, or what its action knows of itself.

import { actionOf } from '../action/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { contextOf } from './attempt.ts';
import type { Execution } from './execution.ts';

/** False when there is nothing to undo it with. Fails when the undo fails. */
export async function undoStep(execution: Execution, stepId: string, signal: AbortSignal): Promise<boolean> {
  const id = stepId.replace(/\[.*$/, '');
  const step = execution.resolved.runbook.steps.find((each) => each.id === id);
  const done = execution.progress.steps[id];
  const action = actionOf(step?.action ?? '');
  if (step === undefined || action?.undoOf === undefined) return false;
  const undo = action.undoOf(execution.progress.inputs[stepId] ?? {}, done?.outputs ?? {});
  if (undo === undefined) return false;
  const undoing = actionOf(undo.action);
  if (undoing?.run === undefined) throw new Error(`no action ${undo.action} to undo with`);
  const result = await undoing.run(undo.with as never, contextOf(execution, step, stepId, signal));
  if (result.failed !== undefined) {
    throw new Failure(
      'run/rollback-incomplete',
      `step \`${stepId}\` could not be undone: ${result.failed.message}`,
      {
        place: step.place,
        ...(result.failed.fix === undefined ? {} : { fix: result.failed.fix }),
      },
    );
  }
  return true;
}
