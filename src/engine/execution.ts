// What one run carries from step to step. Made once by `run.ts`; steps change only what is listed as mutable here.

import type { BackupService, ProgramService } from '../action/index.ts';
import type { Clock, Masker, Value } from '../base/index.ts';
import type { Bindings } from '../expression/index.ts';
import type { GateKeeper } from '../gate/index.ts';
import type { Journal } from '../journal/index.ts';
import { type Known, type ResolvedRun, type StepBinding, toBindings } from '../plan/index.ts';
import type { Step } from '../runbook/index.ts';
import type { TargetFacts } from '../target/index.ts';
import type { Recorder } from './recorder.ts';
import type { Sessions } from './sessions.ts';
import type { StandIn } from './stand-in.ts';

export interface Execution {
  readonly resolved: ResolvedRun;
  readonly recorder: Recorder;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly now: Date;
  readonly startedAt: Date;
  readonly operator: string;
  readonly scratchFolder: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly masker: Masker;
  readonly sessions: Sessions;
  backupsFor(stepId: string, signal: AbortSignal): BackupService;
  programsFor(stepId: string): ProgramService;
  /** The operator's signal, and the timeout of the whole run. */
  readonly interrupt: AbortSignal;
  /** Answers `confirm`; absent: nobody does. */
  readonly gateKeeper?: GateKeeper;
  readonly standIn?: StandIn;
  /** Finds out what a failed attempt left in doubt. */
  settle(): Promise<Settled>;
  readonly progress: Progress;
}

/**
 * `found`: a transaction that nobody had confirmed is in its file. `open`: it cannot be told whether one is, and nothing
 * may be done on top of it.
 */
export type Settled = 'nothing' | 'found' | 'open';

/** Mutable. */
export interface Progress {
  readonly steps: Record<string, StepBinding>;
  readonly preconditions: Record<string, StepBinding>;
  /** Last known facts; read anew before each step. */
  readonly facts: Record<string, TargetFacts>;
  currentStep: string;
  /** The first step has begun: what stops the run from now on is no refusal any more. */
  hasBegun: boolean;
  /** Commits from now on take back; they are recorded as such. */
  isRollingBack: boolean;
  /** Targets with a way back to before the run, or to what was accepted last. */
  readonly protected: Set<string>;
  /** The last step that was accepted. */
  accepted: string | undefined;
  /** Exclusive targets from which every other connection is kept away now. */
  readonly kept: Set<string>;
  /** Resolved input of each attempt, by step id: what an undo is computed from. */
  readonly inputs: Record<string, Readonly<Record<string, unknown>>>;
  /** What each step and each item has put out so far, also one that failed: what an undo reads as `self`. */
  readonly outputs: Record<string, Readonly<Record<string, Value>>>;
  /** The item of each `step[key]` that was started. */
  readonly items: Record<string, Value>;
  failed: boolean;
  error: string | null;
}

/** What comes after has to have its own way back: that of before would take along what was accepted. */
export function accept(progress: Progress, step: string): void {
  progress.accepted = step;
  progress.protected.clear();
}

/** The steps since the last `accept`; all, as long as there was none. */
export function stepsSinceAccept({ progress, resolved }: Execution): readonly Step[] {
  const { steps } = resolved.runbook;
  return steps.slice(steps.findIndex(({ id }) => id === progress.accepted) + 1);
}

/** The values that expressions see now. */
export function bindingsOf(execution: Execution, extra: Readonly<Record<string, Value>> = {}): Bindings {
  const { resolved, progress } = execution;
  const known: Known = {
    runbook: resolved.runbook,
    params: resolved.params,
    secrets: execution.secrets,
    now: execution.now,
    facts: progress.facts,
    steps: progress.steps,
    preconditions: progress.preconditions,
    run: {
      id: execution.recorder.runId,
      startedAt: execution.startedAt,
      operator: execution.operator,
      tempDir: execution.scratchFolder,
      failed: progress.failed,
      error: progress.error,
    },
  };
  return toBindings(known, extra);
}

/** Reads anew the facts of the targets that the expressions of a step name. */
export async function refreshFacts(
  execution: Execution,
  references: readonly (readonly string[])[],
): Promise<void> {
  const names = new Set(references.filter(([root]) => root === 'target').map(([, name]) => name));
  for (const name of names) {
    if (name !== undefined) execution.progress.facts[name] = await execution.sessions.facts(name);
  }
}
