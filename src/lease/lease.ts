// The contract of a lease: the right to work on a target. It lies with the target (`<real path>.belay-lock`), so that
// another project, state folder or cron job finds it.

export interface LeaseRow {
  readonly runId: string;
  readonly token: number;
  readonly stateFolder: string;
  readonly operator: string;
  readonly host: string;
  readonly pid: number;
  readonly takenAt: string;
}

/** Disposing gives up the lock and leaves the row, as an end without release does: the run waits, or was interrupted. */
export interface Lease extends Disposable {
  readonly path: string;
  readonly token: number;
  /** Empties the row and closes. Call only when no child holds SHARED any more. Idempotent. */
  release(): void;
}

export type LeaseStatus =
  | { readonly state: 'free' }
  /** A live process holds the kernel lock. */
  | { readonly state: 'held'; readonly row: LeaseRow }
  /** The row is there, nobody holds the lock: the run waits, or was interrupted. */
  | { readonly state: 'left'; readonly row: LeaseRow; readonly isOtherHost: boolean };

export interface LeaseRequest {
  readonly runId: string;
  readonly stateFolder: string;
  readonly operator: string;
  readonly host: string;
  /** A person says that this host is gone: what this very run left there is its own. */
  readonly lostHost?: string;
  /** How long to wait for a live holder, in milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  readonly onWait?: (row: LeaseRow) => void;
}
