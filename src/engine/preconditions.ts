// The preconditions of a run: all are decided, then all that do not hold are said at once.

import { exitCodes, Failure } from '../diagnostic/index.ts';
import type { RecordedFailure } from '../journal/index.ts';
import type { Step } from '../runbook/index.ts';
import type { Execution } from './execution.ts';
import { type Interruption, interruptedFailure } from './limit.ts';
import { keptOutputs, remember, runWithRetry } from './step.ts';

/** Fails with `run/precondition-unmet` or `run/precondition-error`; nothing has been changed then. */
export async function checkPreconditions(execution: Execution, bypassed: ReadonlySet<string>): Promise<void> {
  const refused: { step: Step; isError: boolean; failure: RecordedFailure }[] = [];
  for (const step of execution.resolved.runbook.preconditions) {
    if (bypassed.has(step.id)) continue;
    execution.progress.currentStep = step.id;
    const whyNot = execution.standIn?.whyNot(step);
    if (whyNot !== undefined) {
      execution.recorder.record({ type: 'step-skipped', step: step.id, reason: whyNot });
      continue;
    }
    const { result, attempts } = await runWithRetry(execution, step, step.id, {});
    remember(execution, step, result, attempts, 'preconditions');
    const verdict = result.state === 'succeeded' ? 'met' : result.state === 'failed' ? 'unmet' : 'error';
    execution.recorder.record({
      type: 'precondition-checked',
      step: step.id,
      result: verdict,
      ...(result.failure === undefined ? {} : { message: result.failure.message, failure: result.failure }),
      ...keptOutputs(execution, result.outputs),
    });
    if (result.isInterrupted) throw interruptedFailure(execution.interrupt.reason as Interruption);
    if (result.failure !== undefined)
      refused.push({ step, isError: verdict === 'error', failure: result.failure });
  }
  const [first] = refused;
  if (first === undefined) return;
  const hasError = refused.some(({ isError }) => isError);
  const message = refused
    .map(({ step, isError, failure }) =>
      isError
        ? `precondition \`${step.id}\` could not be decided: ${failure.message}`
        : `precondition \`${step.id}\` does not hold: ${failure.message}`,
    )
    .join('; ');
  throw new Failure(hasError ? 'run/precondition-error' : 'run/precondition-unmet', message, {
    place: first.step.place,
    state: 'nothing was changed',
    exit: exitCodes.refused,
    ...(first.failure.fix === undefined ? {} : { fix: first.failure.fix }),
  });
}
