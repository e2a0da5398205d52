// What the engine and the child that does all SQL on a target say to each other. One request at a time;
// structured clone over Node's IPC channel. The child never acts without a request, never commits without a permit.

import type { CommitAnnouncement, TargetProgress } from '../target/target.ts';

/** Every operation of the child: argument and result. One file each under `child/operations/`. */
export type Operations = {};

export type OperationName = keyof Operations;

export type Request =
  | { readonly kind: 'call'; readonly id: number; readonly operation: OperationName; readonly args: unknown }
  /** Answer to `commit-permit-wanted`. */
  | { readonly kind: 'commit-permit'; readonly permit: number; readonly isGranted: boolean };

export type Reply =
  | { readonly kind: 'ready'; readonly sqliteVersion: string }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: ChildFailure }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: TargetProgress }
  | {
      readonly kind: 'commit-permit-wanted';
      readonly permit: number;
      readonly announcement: CommitAnnouncement;
    }
  | { readonly kind: 'committed'; readonly target: string };

/** A `Failure` that crosses the process boundary. */
export interface ChildFailure {
  readonly code: string;
  readonly message: string;
  readonly state?: string;
  readonly fix?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
}
