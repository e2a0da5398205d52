// The exit codes, a promise to scripts (docs/reference/errors.md).

export const exitCodes = {
  done: 0,
  defect: 1,
  usage: 2,
  invalid: 3,
  refused: 4,
  declined: 5,
  failed: 6,
  needsPerson: 7,
  waiting: 8,
  kept: 9,
  wouldChange: 10,
  warnings: 11,
  found: 12,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
