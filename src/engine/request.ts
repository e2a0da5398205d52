// What a run is started with.

import type { Clock } from '../base/index.ts';
import type { GateKeeper } from '../gate/index.ts';
import type { Journal, RunEvent } from '../journal/index.ts';
import type { Plan, PolicyCall, ResolvedRun } from '../plan/index.ts';
import type { Store } from '../store/index.ts';
import type { TargetDriver } from '../target/index.ts';
import type { Continuation } from './continuation.ts';
import type { RollBack } from './rollback.ts';
import type { StandIn } from './stand-in.ts';

export interface RunRequest {
  readonly resolved: ResolvedRun;
  /** A plan made earlier, with `run --plan`: refused when stale. */
  readonly planned?: Plan;
  /** Options of the call that answer gates, as given; the policy of an environment may forbid them. */
  readonly answers?: readonly string[];
  /** Taking a backup is never refused by a policy. */
  readonly isFreeOfPolicy?: boolean;
  /** What lint says of the runbook under a profile, for a policy that wants one; from review/. */
  readonly lint?: NonNullable<PolicyCall['lint']>;
  readonly journal: Journal;
  readonly driver: TargetDriver;
  readonly clock: Clock;
  readonly now: Date;
  readonly lockWaitMs: number;
  /** Aborts with an `Interruption` as reason: the step at work is stopped at once, and the run ends. */
  readonly interrupt: AbortSignal;
  /** Aborts when the terminal is gone; the run goes on. */
  readonly hangup?: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** For the record: what the operator typed, and where. */
  readonly command: readonly string[];
  readonly workingFolder: string;
  readonly version: string;
  /** Of a drill, so that two runs of it are alike; absent: a new one. */
  readonly runId?: string;
  /** How a failed run is put back; from recovery/. */
  readonly rollBack: RollBack;
  /** Going on with a run that another process began, or putting it back. */
  readonly continues?: Continuation;
  /** A person says that this host, which has the lease of that run, is gone. */
  readonly lostHost?: string;
  /** Answers `confirm`; absent: nobody does. */
  readonly gates?: GateKeeper;
  /** Of a rehearsal. */
  readonly standIn?: StandIn;
  /** By name, instead of those of the project. */
  readonly stores?: ReadonlyMap<string, Store>;
  readonly onEvent: (runId: string, event: RunEvent, at: string) => void;
}
