// From what went wrong to what stops the run.

import { exitCodes, Failure, systemFailure } from '../diagnostic/index.ts';
import type { Progress } from './execution.ts';
import { type Interruption, interruptedFailure } from './limit.ts';
import type { Stop } from './outcome.ts';
import { recordedFailure } from './recorder.ts';

/** Of an error outside a step. Before the first step everything is a refusal. */
export function stopOf(
  thrown: unknown,
  interrupt: AbortSignal,
  progress: Progress,
  masker: (text: string) => string,
): Stop {
  const error = systemFailure(thrown);
  const kind = progress.hasBegun ? 'failed' : 'refused';
  if (interrupt.aborted)
    return { ...interruptedStop(interrupt), kind: progress.hasBegun ? 'interrupted' : 'refused' };
  const exit = error instanceof Failure ? error.exit : exitCodes.defect;
  return {
    kind,
    failure: recordedFailure(error, masker),
    // Before the first step every failure is a refusal; an exit code that says "a step failed" would promise too much.
    exit: kind === 'refused' && exit === exitCodes.failed ? exitCodes.refused : exit,
    ...(progress.hasBegun ? { step: progress.currentStep } : {}),
  };
}

export function interruptedStop(interrupt: AbortSignal, step?: string): Stop {
  const failure = interruptedFailure(interrupt.reason as Interruption);
  return {
    kind: 'interrupted',
    failure: recordedFailure(failure, (text) => text),
    exit: failure.exit,
    ...(step === undefined ? {} : { step }),
  };
}
