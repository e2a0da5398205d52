// A plan: the decided run, read-only. Its text is the same on every machine.

import type { Preview } from '../action/action.ts';
import type { JsonObject } from '../base/index.ts';
import type { Finding, Place } from '../diagnostic/index.ts';
import type { Effect } from '../journal/event.ts';

export interface Plan {
  readonly version: 1;
  readonly runbook: { readonly name: string; readonly title: string; readonly file: string };
  readonly environment?: string;
  /** Covers runbook, params, environment, target identity and the bytes of every file the run reads (docs/decisions). */
  readonly digest: string;
  /** What went into the digest, each with its own hash, so that a stale plan can say what changed. */
  readonly digestParts: Readonly<Record<string, string>>;
  readonly params: JsonObject;
  /** As texts show them: paths below the project relative to it, so that a plan reads the same on every machine. */
  readonly shownParams?: JsonObject;
  readonly targets: readonly PlannedTarget[];
  readonly steps: readonly PlannedStep[];
  /** True when a step with effect `maintain`, `change`, `destroy` or `external` would or may run. */
  readonly wouldChange: boolean;
  /** Why `run` would refuse now; empty when it would start. */
  readonly refusals: readonly Finding[];
  /** Steps that would fail on the targets as they are now; their way back would be taken. */
  readonly failures: readonly Finding[];
  readonly warnings: readonly Finding[];
}

export interface PlannedTarget {
  readonly name: string;
  readonly driver: string;
  /** Relative to the project when below it. */
  readonly path: string;
  readonly condition: string;
  readonly catalogueName?: string;
  /** The plan is made on this instead: an SQL file or a database, as declared. */
  readonly fixture?: string;
  /** Strongest effect of any step on it. */
  readonly effect: Effect;
  readonly takesLease: boolean;
  readonly store: string;
  /** What may be lost, in words. */
  readonly dangers?: readonly string[];
}

export interface PlannedStep {
  readonly id: string;
  readonly kind: 'engine' | 'precondition' | 'step' | 'always';
  readonly title: string;
  readonly action?: string;
  readonly effect: Effect;
  readonly targets: readonly string[];
  readonly state: Preview['state'];
  readonly reason?: string;
  /** Who is asked before it, in words. */
  readonly gate?: string;
  readonly lines: readonly string[];
  readonly facts?: JsonObject;
  readonly sql?: readonly string[];
  /** `abort`, `continue` or `rollback`. */
  readonly onFailure: string;
  /** How it is taken back, in words. */
  readonly rollback: string;
  /** Why nothing takes it back. */
  readonly pointOfNoReturn?: string;
  /** The backup that covers it, in words. */
  readonly backup?: string;
  readonly place?: Place;
}
