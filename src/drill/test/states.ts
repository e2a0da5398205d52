// The states of steps that a case can expect: those of a run, and those of what did not really run.

export const caseStates = [
  'pending',
  'waiting',
  'succeeded',
  'failed',
  'errored',
  'skipped',
  'cancelled',
  'rolled-back',
  'unknown',
  'stubbed',
  'not-simulated',
] as const;

/** A stub succeeds, as the step would. */
export function isState(expected: string, found: string): boolean {
  return expected === found || (expected === 'succeeded' && found === 'stubbed');
}
