// What a drill found out. Plain values; paths are those of the targets, never of their copies.

import type { FaultKind } from './fault.ts';

/**
 * `before`, `after`: every target is as before the run, or as after an undisturbed one · `kept`: as the runbook declares
 * (`abort`, `accept`, `continue`) · `hole`: neither · `none`: not injected · `late`: not reached in time.
 */
export type Verdict = 'before' | 'after' | 'kept' | 'hole' | 'none' | 'late';

export interface DrilledFault {
  readonly step: string;
  readonly fault: FaultKind;
  readonly verdict: Verdict;
  /** Of a hole, and of what was not injected: why. Else what a reader should know. */
  readonly reason?: string;
  /** What was done, with its exit codes: `run: killed → rollback: 0`. */
  readonly trail?: string;
  readonly durationMs: number;
}

export interface DrilledStep {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly line: number;
}

export interface DrillReport {
  readonly runbook: string;
  readonly title: string;
  readonly file: string;
  readonly seed: number;
  readonly budgetMs: number;
  readonly durationMs: number;
  /** Given up by Ctrl-C before it was through. */
  readonly isInterrupted: boolean;
  readonly undisturbed: UndisturbedRun;
  readonly steps: readonly DrilledStep[];
  readonly faults: readonly DrilledFault[];
  readonly stubbed: readonly string[];
  readonly notSimulated: readonly { readonly step: string; readonly reason: string }[];
  /** Steps with an effect outside the targets that nothing takes back, and nothing proves. */
  readonly unproven: readonly string[];
  readonly gates: readonly string[];
}

export interface UndisturbedRun {
  readonly state: string;
  readonly exitCode: number;
  /** Why it did not succeed. */
  readonly problem?: string;
  readonly failedStep?: string;
  /** Where two of them differ by themselves, in words. */
  readonly differs: readonly { readonly target: string; readonly what: string }[];
}
