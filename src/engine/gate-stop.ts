// How a step ends whose gate did not let it through: nothing of it was started.

import type { Failure } from '../diagnostic/index.ts';
import type { AttemptResult } from './attempt.ts';
import type { Execution } from './execution.ts';
import { recordedFailure } from './recorder.ts';

export interface GateStop {
  readonly kind: 'declined' | 'waiting';
  readonly result: AttemptResult;
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
