// The state of a run as its events give it: what `runs show`, renderers and recovery read.

import type { JsonObject } from '../base/index.ts';
import type {
  Effect,
  FileSettings,
  Measure,
  MovedFiles,
  RecordedFailure,
  RecordedSource,
  RecordedStep,
  RecordedTarget,
  RecordedUptime,
  RollbackDecision,
} from './event.ts';
import type { RunState, StepState } from './state.ts';

export interface StepView {
  readonly id: string;
  readonly kind: RecordedStep['kind'];
  readonly title: string;
  readonly action?: string;
  readonly effect: Effect;
  readonly target?: string;
  readonly place: string;
  readonly state: StepState;
  readonly attempts: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  readonly outputs?: JsonObject;
  readonly measures?: readonly Measure[];
  readonly failure?: RecordedFailure;
  readonly reason?: string;
  /** Of a `forEach` step: one view per item. */
  readonly items?: readonly StepView[];
  readonly isContinued?: boolean;
}

export interface RunView {
  readonly id: string;
  readonly runbook: string;
  readonly title: string;
  readonly file: string;
  readonly digest: string;
  readonly state: RunState;
  readonly exitCode?: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** From its start to its last end, where the machine was not started anew between. */
  readonly durationMs?: number;
  readonly operator: string;
  readonly operatorUid?: number;
  readonly operatorSudoUid?: number;
  /** Where the operator started it. */
  readonly operatorHost: string;
  /** Of the process that has it, or had it last. */
  readonly host: string;
  readonly pid: number;
  readonly processStart: string;
  readonly command: readonly string[];
  readonly environment?: string;
  readonly sources?: readonly RecordedSource[];
  readonly isPlanned?: boolean;
  readonly params: JsonObject;
  readonly targets: readonly RecordedTarget[];
  readonly steps: readonly StepView[];
  readonly backups: readonly { id: string; target: string; path: string; sizeBytes: number; step: string }[];
  readonly removedBackups: readonly { id: string; reason: string }[];
  /** Transactions committed, by target. */
  readonly commits: readonly {
    target: string;
    step: string;
    rows: number;
    effect: Effect;
    files?: MovedFiles;
    /** Of before the last `accept`: it stays. */
    isAccepted?: true;
  }[];
  /**
   * Targets that it has changed, or may have, and not put back: the event that did so last, and the backup from before what
   * can be put back.
   */
  readonly changed: readonly {
    readonly target: string;
    readonly sequence: number;
    readonly backup?: string;
  }[];
  /** Of database files, told to change and not put back, oldest first. */
  readonly settings: readonly SettingsView[];
  /** Committed to by others while the program of a step ran that does not say that it changes them. */
  readonly writtenMeanwhile: readonly { readonly target: string; readonly step: string }[];
  /** Announced and not settled: they may be in the file, or not. */
  readonly openCommits: readonly { target: string; step: string }[];
  /** As the run found and left them; `unknown`: told to change, and not seen to have. */
  readonly services: readonly ServiceView[];
  readonly warnings: readonly string[];
  readonly dataState?: string;
  readonly failure?: RecordedFailure;
  readonly failedStep?: string;
  readonly outputs?: JsonObject;
  readonly next?: string;
  readonly leases: readonly { target: string; path: string; token: number }[];
  /** Gates that were asked, newest last; `decisions` in the order they came. */
  readonly gates: readonly GateView[];
  /** The step that was accepted: nothing before it is put back. */
  readonly accepted?: string;
  readonly rollback?: RollbackView;
  readonly abandoned?: { operator: string; reason: string };
  /** Where its events stop making sense: what is here is what came before, and nothing may be built on it. */
  readonly damage?: string;
}

export interface GateView {
  readonly step: string;
  readonly kind: 'confirm' | 'approval';
  readonly message: string;
  readonly digest: string;
  readonly expiresAt: string;
  readonly askedUp?: RecordedUptime;
  readonly lines: readonly string[];
  readonly approvers?: readonly string[];
  readonly minApprovals?: number;
  readonly now?: string;
  readonly inputs?: string;
  readonly rows?: number;
  readonly decisions: readonly { decision: string; by: string; how: string; at: string; reason?: string }[];
}

export interface SettingsView {
  readonly target: string;
  readonly step: string;
  readonly before: FileSettings;
  readonly after: FileSettings;
  /** Of before the last `accept`: it stays. */
  readonly isAccepted?: true;
}

export interface ServiceView {
  readonly service: string;
  readonly before: 'running' | 'stopped';
  readonly now: 'running' | 'stopped' | 'unknown';
}

export interface RollbackView {
  readonly reason: string;
  readonly targets: readonly RollbackDecision[];
  readonly undone: readonly { target?: string; step?: string; how: string; rows?: number; proof: string }[];
  readonly failures: readonly { target?: string; step?: string; failure: RecordedFailure }[];
  readonly quarantine: readonly { target: string; path: string }[];
}
