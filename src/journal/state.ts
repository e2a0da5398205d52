// The state machine of runs and steps, as tables. Engine, replay and renderers read the same ones.

export type RunState =
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'rolling-back'
  | 'rolled-back'
  | 'rollback-failed'
  | 'aborted'
  | 'interrupted';

export type StepState =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'errored'
  | 'skipped'
  | 'cancelled'
  | 'rolled-back'
  | 'unknown';

/** What may follow what. A transition that is not here is a defect, in the engine and in a journal. */
export const runTransitions: Readonly<Record<RunState, readonly RunState[]>> = {
  running: ['waiting', 'succeeded', 'failed', 'rolling-back', 'aborted', 'interrupted'],
  waiting: ['running', 'rolling-back', 'aborted', 'interrupted'],
  // Failed: put back to what was accepted.
  'rolling-back': ['rolled-back', 'rollback-failed', 'failed', 'interrupted'],
  // Failed: what was accepted before the interruption stays, and nothing was left to put back.
  interrupted: ['running', 'rolling-back', 'failed', 'aborted'],
  succeeded: ['rolling-back'],
  failed: ['rolling-back'],
  'rollback-failed': ['rolling-back'],
  'rolled-back': [],
  aborted: [],
};

export const stepTransitions: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ['waiting', 'running', 'skipped', 'cancelled', 'errored', 'failed'],
  // Whatever a step that had committed has come to since, it is rolled back with its target: also one whose end could not
  // be recorded, or that was gone on with and skipped.
  waiting: ['rolled-back', 'running', 'cancelled', 'failed', 'errored', 'skipped'],
  running: ['rolled-back', 'succeeded', 'failed', 'errored', 'cancelled', 'unknown', 'running'],
  // A run that is gone on with may skip what it had begun: its `if` reads what is so now.
  unknown: ['waiting', 'running', 'succeeded', 'rolled-back', 'skipped'],
  succeeded: ['rolled-back', 'waiting', 'running', 'skipped'],
  // A Ctrl-C between two attempts ends a step whose last attempt had failed.
  failed: ['rolled-back', 'waiting', 'running', 'cancelled', 'skipped'],
  errored: ['rolled-back', 'waiting', 'running', 'cancelled', 'skipped'],
  cancelled: ['rolled-back', 'waiting', 'running', 'skipped'],
  skipped: ['rolled-back', 'waiting', 'running', 'skipped'],
  'rolled-back': [],
};

export const finalRunStates: ReadonlySet<RunState> = new Set([
  'succeeded',
  'failed',
  'rolled-back',
  'rollback-failed',
  'aborted',
]);
