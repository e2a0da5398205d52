// What a plan is made from.

import type { BackupEntry } from '../backup/index.ts';
import type { Clock } from '../base/index.ts';
import type { TargetDriver, TargetSpec } from '../target/index.ts';
import type { PolicyCall } from './policy/call.ts';
import type { ResolvedRun } from './resolve.ts';

export interface PlanRequest {
  readonly resolved: ResolvedRun;
  readonly driver: TargetDriver;
  readonly clock: Clock;
  readonly now: Date;
  /** How the run would be called, for the policy of its environment; absent on copies and fixtures, which no policy guards. */
  readonly policy?: Pick<PolicyCall, 'isPlanned' | 'answers' | 'lint'>;
  /** Private folder for copies of live databases; the caller makes and removes it. */
  readonly scratchFolder: string;
  /** `--probe-external`: HTTP checks are made. */
  readonly mayProbeExternal: boolean;
  readonly listBackups: (target: TargetSpec, store?: string) => Promise<readonly BackupEntry[]>;
  /** Ids of backups that earlier runs still need, with whom; absent on copies and fixtures, which no run has changed. */
  readonly neededBackups?: () => Promise<ReadonlyMap<string, string>>;
}
