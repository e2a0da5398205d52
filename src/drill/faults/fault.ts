// What a drill does to a step, and how an engine process is told of it. Plain values.

import type { Project } from '../../project/index.ts';
import type { TargetSpec } from '../../target/index.ts';

/**
 * `before`: it fails before it acts · `after`: it fails once it has acted · `kill`: kill -9 of the engine during it, then
 * `rollback` · `resume`: the same, then `resume` · `sql`: kill -9 of the process that does its SQL · `rollback`: it fails
 * once it has acted, kill -9 of the engine during the rollback, then `rollback`.
 */
export const faultKinds = ['before', 'after', 'kill', 'resume', 'sql', 'rollback'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** Of the runbook, or of the engine (`backup.db`). */
  readonly step: string;
  readonly kind: FaultKind;
}

/** An instant by what the run records: counted from the event that begins the step, or the rollback. */
export interface Instant {
  /** Absent: of the rollback. */
  readonly step?: string;
  readonly event: number;
  /** `before`, or directly after, the event is on disk; or so long after it, unless the next one comes first. */
  readonly side: 'before' | 'after' | 'within';
  readonly delayMs: number;
}

export interface Strike {
  /** `step` or `step[key]`: each attempt of it fails. */
  readonly fail?: { readonly step: string; readonly moment: 'before' | 'after' };
  readonly kill?: Instant & { readonly what: 'engine' | 'sql' };
}

/** What stays of a stand-in when another process goes on with the run. */
export interface LeftOut {
  /** Step to reason. */
  readonly notSimulated: Readonly<Record<string, string>>;
  readonly stubbed: readonly string[];
}

/** One run, or one way on from it, in a folder of its own. */
export interface EngineJob {
  readonly verb: 'run' | 'resume' | 'rollback';
  readonly folder: string;
  readonly targets: readonly { readonly live: TargetSpec; readonly copy: TargetSpec }[];
  /** What is read of the live ones. */
  readonly stores: Project['stores'];
  readonly runId: string;
  /** ISO 8601: `now`, and what the clock says when the job begins. */
  readonly now: string;
  readonly clockAt: string;
  readonly strike?: Strike;
  readonly leftOut?: LeftOut;
  /** Copies the targets after every step into `states/<step>/<target>`. */
  readonly keepsStates?: boolean;
}

export type EngineAnswer =
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly leftOut: LeftOut;
      readonly isStruck: boolean;
    }
  /** It failed before it could be recorded. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly exitCode: number };
