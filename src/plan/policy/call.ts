// What the rules of a policy are judged by, beside the run itself: how it was called, and what is known of its files.

import type { Finding } from '../../diagnostic/index.ts';
import type { RecordedSource } from '../../journal/event.ts';
import type { LintProfile } from '../../project/index.ts';

export interface PolicyCall {
  readonly kind: 'run' | 'resume' | 'rollback';
  readonly now: Date;
  /** It runs a plan that was made before. */
  readonly isPlanned: boolean;
  /** Options that answer gates, as given: `--yes`. */
  readonly answers: readonly string[];
  /** `--discard-foreign-writes` */
  readonly discardsForeignWrites: boolean;
  /** What git says of the files of the run; absent when it was not asked: a plan starts no program. */
  readonly sources?: readonly RecordedSource[];
  /** Steps that an earlier process has done. */
  readonly behind: ReadonlySet<string>;
  /** What lint says of the runbook under a profile; absent where nobody can say. */
  readonly lint?: (profile: LintProfile) => Promise<readonly Finding[]>;
}

/** The environment whose rule is broken, and what has been done so far, where anything could have been. */
export interface Ruled {
  readonly environment: string;
  readonly state?: string;
}
