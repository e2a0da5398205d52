// What an operation gets from the server: the open database, and the ways to speak to the engine.

import type { CommitAnnouncement, TargetProgress } from '../../target/session.ts';
import type { CommitMark } from '../commit-mark.ts';
import type { Connection } from './connection.ts';

export interface Work {
  readonly connection: Connection;
  /** Throttled; may be called as often as one likes. */
  progress(progress: TargetProgress): void;
  /** Resolves true once the announcement is durable. Invariant: no COMMIT of rows without it. */
  permit(announcement: CommitAnnouncement): Promise<boolean>;
  /** To be called directly after COMMIT. */
  committed(mark: CommitMark | undefined): void;
  /** To be called when what was permitted is certainly not in the file. */
  withdrawn(): void;
  /** The commit mark as the engine reads it; another connection may have committed meanwhile. */
  readMark(): Promise<CommitMark | undefined>;
}
