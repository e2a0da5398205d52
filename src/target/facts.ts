// What is known of the file of a target by looking at it. Plain values.

import type { Finding } from '../diagnostic/index.ts';

export interface TargetIdentity {
  /** After resolving symbolic links; the key of leases and backups. */
  readonly realPath: string;
  readonly device: string;
  readonly inode: string;
  readonly ownerId: number;
  readonly groupId: number;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
}

export type TargetCondition =
  | 'ok'
  | 'missing'
  | 'empty'
  | 'not-a-database'
  | 'encrypted'
  | 'corrupt'
  | 'needs-recovery'
  | 'unreadable';

/** What is known of a target without writing anything. Sizes in bytes. */
export interface TargetFacts {
  readonly name: string;
  readonly path: string;
  readonly condition: TargetCondition;
  /** Says why, when `condition` is not `ok`. */
  readonly problem?: Finding;
  readonly identity?: TargetIdentity;
  readonly sizeBytes: number;
  readonly walBytes: number;
  readonly freeBytes: number;
  readonly pageSize: number;
  readonly pageCount: number;
  readonly journalMode: string;
  readonly encoding: string;
  readonly applicationId: number;
  readonly userVersion: number;
  /** sha256 over the schema's SQL; part of the plan digest. */
  readonly schemaHash: string;
}
