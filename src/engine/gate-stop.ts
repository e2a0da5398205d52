// How a gate ends that does not let its step begin at once: nothing of the step was started.

import type { Failure } from '../diagnostic/index.ts';
import type { AttemptResult } from './attempt.ts';
import type { Execution } from './execution.ts';
import { recordedFailure } from './recorder.ts';

export interface GateStop {
  readonly kind: 'declined' | 'waiting';
  readonly result: AttemptResult;
}

/** Let through, but so late that what the answer was given on may not be so any more. */
export interface LateAnswer {
  readonly kind: 'late';
  readonly waitedMs: number;
}

export function notPassed(execution: Execution, kind: GateStop['kind'], failure: Failure): GateStop {
  return {
    kind,
    result: {
      state: 'cancelled',
      outputs: {},
      measures: [],
      failure: recordedFailure(failure, execution.masker),
      isInterrupted: execution.interrupt.aborted,
      durationMs: 0,
    },
  };
}
