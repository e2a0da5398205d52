// The policy of an environment: what runs there must keep. As written in belay.yaml; plan/policy/ judges by it.

export interface Policy {
  /** Steps of these effects need an approval. */
  readonly approvalFor?: readonly ('maintain' | 'change' | 'destroy' | 'external')[];
  /** Every approval needs at least so many people. */
  readonly minApprovals?: number;
  /** `--yes` and `--confirm` answer nothing: a person at a terminal must. */
  readonly noYes?: boolean;
  /** No target may be without a backup. */
  readonly noBackupNone?: boolean;
  /** What others have written is never discarded. */
  readonly noDiscardForeignWrites?: boolean;
  /** Only `run --plan FILE`. */
  readonly requirePlan?: boolean;
  /** Every file of the run is committed and unchanged in git. */
  readonly requireCommitted?: boolean;
  /** A run starts, and is gone on with, only inside one of these. */
  readonly windows?: readonly PolicyWindow[];
  /** The runbook passes this profile of `belay lint`. */
  readonly lint?: LintProfile;
}

export type LintProfile = 'basic' | 'safety' | 'production';

export interface PolicyWindow {
  /** Days on which it begins; absent: every day. */
  readonly days?: readonly Weekday[];
  /** `HH:MM`, included. */
  readonly from: string;
  /** `HH:MM`, excluded; not after `from`: on the next day. */
  readonly to: string;
  /** IANA name. */
  readonly zone: string;
}

/** As `Date.getUTCDay` counts. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export type Weekday = (typeof weekdays)[number];
