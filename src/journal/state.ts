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

/**
 * How a step ends that does not come to its attempt: its condition, a fact or an input could not be read, also when it is
 * tried again, or when another process goes on with it.
 */
const unbegun = ['failed', 'errored', 'cancelled'] as const;

export const stepTransitions: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ['waiting', 'running', 'skipped', ...unbegun],
  // Whatever a step that had committed has come to since, it is rolled back with its target: also one whose end could not
  // be recorded, or that was gone on with and skipped.
  waiting: ['rolled-back', 'running', 'skipped', ...unbegun],
  running: ['rolled-back', 'succeeded', 'failed', 'errored', 'cancelled', 'unknown', 'running'],
  // A run that is gone on with may skip what it had begun: its `if` reads what is so now.
  unknown: ['waiting', 'running', 'succeeded', 'rolled-back', 'skipped', ...unbegun],
  succeeded: ['rolled-back', 'waiting', 'running', 'skipped', ...unbegun],
  failed: ['rolled-back', 'waiting', 'running', 'skipped', ...unbegun],
  errored: ['rolled-back', 'waiting', 'running', 'skipped', ...unbegun],
  cancelled: ['rolled-back', 'waiting', 'running', 'skipped', ...unbegun],
  skipped: ['rolled-back', 'waiting', 'running', 'skipped', ...unbegun],
  'rolled-back': [],
};

export const finalRunStates: ReadonlySet<RunState> = new Set([
  'succeeded',
  'failed',
  'rolled-back',
  'rollback-failed',
  'aborted',
]);
