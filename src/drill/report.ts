// What a rehearsal found out. Plain values; paths are those of the live targets, never of their copies.

import type { RecordedFailure } from '../journal/index.ts';
import type { DatabaseDifference } from '../target/index.ts';

export interface RehearsalReport {
  readonly runbook: string;
  readonly title: string;
  /** The code that the run would have had. */
  readonly exitCode: number;
  /** How the run on the copies ended. */
  readonly state: string;
  readonly failure?: RecordedFailure;
  readonly failedStep?: string;
  readonly steps: readonly RehearsedStep[];
  readonly targets: readonly RehearsedTarget[];
  /** Steps whose gate was passed without asking anybody. */
  readonly gates: readonly string[];
  readonly warnings: readonly string[];
}

export interface RehearsedStep {
  readonly id: string;
  readonly title: string;
  /** As in a run; `stubbed` and `not-simulated` for what did not really run. */
  readonly state: string;
  readonly reason?: string;
  readonly durationMs?: number;
}

export interface RehearsedTarget {
  readonly name: string;
  readonly path: string;
  /** Main file and -wal. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Absent when the two could not be compared, or no step could have changed it. */
  readonly effects?: DatabaseDifference;
  /** Why there are no effects. */
  readonly reason?: string;
}
