// The contract of the engine: drives a plan. It journals before it acts, and emits what it journals.

import type { Clock } from '../base/index.ts';
import type { RunEvent } from '../journal/event.ts';
import type { Journal } from '../journal/journal.ts';
import type { RunView } from '../journal/replay.ts';
import type { Plan } from '../plan/plan.ts';

export interface RunOptions {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly lockWaitMs: number;
  /** First abort: stop the step, finish the record. */
  readonly interrupt: AbortSignal;
  readonly onEvent: (runId: string, event: RunEvent, at: string) => void;
}

export interface RunOutcome {
  readonly runId: string;
  readonly exitCode: number;
  readonly view: RunView;
}
