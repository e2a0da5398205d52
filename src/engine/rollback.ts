// The contract between the engine, which knows when a run is put back, and recovery/, which knows how.

import type { BackupService } from '../action/index.ts';
import type { Clock, Masker } from '../base/index.ts';
import type { RollbackDecision, StoredEvent } from '../journal/index.ts';
import type { TargetDriver, TargetSpec } from '../target/index.ts';
import type { Recorder } from './recorder.ts';
import type { Sessions } from './sessions.ts';

export interface RollbackWork {
  readonly recorder: Recorder;
  /** Everything the run has recorded so far. */
  readonly events: readonly StoredEvent[];
  readonly readBlob: (sha256: string) => Uint8Array | undefined;
  readonly specs: readonly TargetSpec[];
  readonly sessions: Sessions;
  readonly driver: TargetDriver;
  readonly backups: BackupService;
  readonly masker: Masker;
  readonly clock: Clock;
  readonly scratchFolder: string;
  readonly operator: string;
  /** Why, in words: the failure that led here, or what the operator said. */
  readonly reason: string;
  readonly choices: RollbackChoices;
  readonly purpose: RollbackPurpose;
  /** The newest run of this state folder that has changed the target since this one, and was not put back itself. */
  readonly laterRunOn: (target: string) => string | undefined;
  /** How a step, or an item of it, is taken back outside the targets. */
  readonly undoKindOf: (step: string) => UndoKind;
  /** Runs the undo of a step outside the targets; false when it declares none. */
  readonly undoStep: (step: string) => Promise<boolean>;
}

/**
 * `preview`: decide and count, touch nothing, record nothing. `settle`: only find out, and record, which transactions in
 * doubt are in their files.
 */
export type RollbackPurpose = 'put-back' | 'preview' | 'settle';

/** `automatic`: by what its action knows of itself, if it does; `none`: the point of no return. */
export type UndoKind =
  | { readonly kind: 'automatic' | 'declared' }
  | { readonly kind: 'none'; readonly reason: string };

/** What a person may decide; an automatic rollback takes the careful side of each. */
export interface RollbackChoices {
  readonly isByHand: boolean;
  readonly onConflict: 'abort' | 'keep' | 'discard';
  readonly mayDiscardForeignWrites: boolean;
  readonly withQuarantine: boolean;
}

export const automaticChoices: RollbackChoices = {
  isByHand: false,
  onConflict: 'abort',
  mayDiscardForeignWrites: false,
  withQuarantine: true,
};

export interface RollbackResult {
  /** `nothing`: there was nothing to put back. */
  readonly state: 'nothing' | 'previewed' | 'rolled-back' | 'rollback-failed';
  readonly targets: readonly RollbackDecision[];
  /** One sentence on the data. */
  readonly dataState: string;
  /** What stays as it is outside the targets, to be said after the state of the data. */
  readonly remarks?: string;
  /** Of a preview: what would go back, line by line. */
  readonly lines?: readonly string[];
}

/** Injected, because recovery/ lies below the engine. */
export type RollBack = (work: RollbackWork) => Promise<RollbackResult>;
