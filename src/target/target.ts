// The contract of a database kind: how its targets are named, looked at, opened, set aside and put back.

import type { TargetFacts } from './facts.ts';
import type { CommitAnnouncement, ReadSession, SessionOptions, WriteSession } from './session.ts';

/** A target as the runbook and the catalogue describe it, paths absolute. */
export interface TargetSpec {
  readonly name: string;
  readonly driver: 'sqlite';
  readonly path: string;
  /** Name in the catalogue of belay.yaml, if `use:` was said. */
  readonly catalogueName?: string;
  readonly expect: 'ok' | 'any';
  /** No other connection from the pre-operation backup to `accept` or the end. */
  readonly isExclusive?: boolean;
  /** Backup store: a name from belay.yaml, resolved to its folder. */
  readonly store: { readonly name: string; readonly path: string };
  /** The backup before the first change; absent: one with the engine's defaults. */
  readonly backup?: BackupPolicy | { readonly kind: 'none'; readonly reason: string };
  /** An automatic restore goes on although others have written. */
  readonly discardsForeignWrites?: boolean;
  /** This is a scratch database: what it is called, and what it was made from. */
  readonly standsFor?: { readonly target: TargetSpec; readonly fixture: string };
}

export interface BackupPolicy {
  readonly kind: 'backup';
  readonly before: 'change' | 'maintain';
  readonly verify: 'quick' | 'integrity';
  /** Which of the engine's own backups of it stay; `within` in milliseconds. */
  readonly keep?: Readonly<
    Partial<Record<'last' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly' | 'within', number>>
  >;
}

export interface FileOwner {
  readonly ownerId: number;
  readonly groupId: number;
  /** Permission bits. */
  readonly mode: number;
}

/** Processes other than ours that have a target open. */
export interface TargetHolders {
  readonly holders: readonly {
    readonly pid: number;
    readonly program: string;
    readonly has: 'write lock' | 'read lock' | 'open file';
  }[];
  /** False: this user may not look into the processes of others, whose locks alone are seen. */
  readonly isComplete: boolean;
}

/** The files of a target in quarantine. */
export interface SetAside {
  /** The folder that holds them. */
  readonly path: string;
  readonly realPath: string;
  readonly at: string;
  readonly owner: FileOwner;
  readonly files: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
}

export interface ReturnRequest {
  /** The quarantine of what lay there; absent: nothing did. */
  readonly folder?: string;
  readonly asideId: string;
  /** Something was put in the place of what lay there, so that it must have been moved. */
  readonly isReplaced: boolean;
}

export interface ReturnedFiles {
  /** The folder of what was in the way. */
  readonly aside?: string;
  readonly files: readonly string[];
  readonly proof: string;
}

/** A file that was put in its place. */
export interface Placed {
  readonly owner: FileOwner;
  /** Why it could not be given to that owner. */
  readonly problem?: string;
}

/** Opening targets of one kind. */
export interface TargetDriver {
  readonly driver: TargetSpec['driver'];
  /**
   * What is known of the target, read-only and pure: nothing is created, changed or touched beside it.
   * Never throws for a bad target: says so in `condition` and `problem`.
   */
  probe(spec: TargetSpec, options?: SessionOptions): Promise<TargetFacts>;
  /** A session for plans: as pure as `probe`. Fails with `target/not-simulated` when that is impossible now. */
  openPure(spec: TargetSpec, scratchFolder: string): Promise<ReadSession>;
  /** A session that only reads, for runs. */
  openForReading(spec: TargetSpec, options: OpenOptions): Promise<ReadSession>;
  /** A session under a lease. */
  openForWriting(spec: TargetSpec, options: OpenOptions & WriteOptions): Promise<WriteSession>;
  /**
   * Two private copies in `folder`, one to work on, one to compare with; the target is only read, as it lies.
   * Fails with `target/not-simulated` when it never stands still or does not fit.
   */
  copyForRehearsal(
    spec: TargetSpec,
    folder: string,
  ): Promise<{ readonly path: string; readonly before: string }>;
  /** An empty database where no file is. */
  create(spec: TargetSpec): void;
  /** Who else has it open. */
  holders(spec: TargetSpec): TargetHolders;
  /** The folder into which `setAside` with this id moves. */
  quarantineOf(spec: TargetSpec, id: string): string;
  /**
   * Moves all files of the target aside, together; undefined when there are none. No session may be open.
   * `announce` is called directly before the first file moves. Fails with `target/in-use`, `target/occupied`.
   */
  setAside(spec: TargetSpec, id: string, say: Announcing): Promise<SetAside | undefined>;
  /** Moves them back where nothing is. Fails with `target/in-use`, `target/occupied`, `target/not-a-quarantine`. */
  putBack(spec: TargetSpec, folder: string, say: Announcing): Promise<SetAside>;
  /**
   * Brings back what lay there before the run moved it: what lies there now is set aside under `asideId`, the files of
   * the quarantine `folder` come back, each with the bytes that it had. Without `folder` nothing lay there. Done again after
   * a crash it goes on. Fails with the codes of `setAside` and `putBack`; no session may be open.
   */
  returnFiles(spec: TargetSpec, request: ReturnRequest, say: Announcing): Promise<ReturnedFiles>;
  /** Whether a move that was announced has begun: any of its files is where it was to go. */
  isMoved(spec: TargetSpec, move: 'aside' | 'back' | 'placed', folder: string | undefined): boolean;
  /** Whether a `returnFiles` from this folder has moved everything; what lies there is not the run's any more. */
  isReturned(spec: TargetSpec, folder: string | undefined): boolean;
  /**
   * Puts a verified copy where no file is, durable when it resolves; `announce` comes before its name. Fails with `target/in-use`, `target/occupied`,
   * `backup/restore-failed`.
   */
  place(
    spec: TargetSpec,
    from: string,
    like: { readonly owner: FileOwner; readonly journalMode: string },
    say: Announcing,
  ): Promise<Placed>;
}

/** What is done to files beside SQLite is put on record, too. */
export interface Announcing {
  /** Durable before it returns; called directly before the first file moves. */
  announce(): void;
  /** What was announced was not done: every file is where it was. */
  withdraw(): void;
}

export interface OpenOptions {
  /** How long to wait for a lock that somebody else holds, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** Where private copies and temporary files of the child may lie. */
  readonly scratchFolder: string;
  /** Called with pid and kernel start time once the child runs, before it opens anything. */
  readonly onProcess?: (process: { pid: number; processStart: string; group: number }) => void;
}

/** The end of an earlier process's knowledge of a target. */
export interface LastSeen {
  /** Of its last commit; absent when nobody knows. */
  readonly mark?: string;
  /** A commit was announced after it and never confirmed. */
  readonly isInDoubt: boolean;
}

export interface WriteOptions {
  /** The child takes SHARED on this file and checks the token before it opens the target. Absent only for a scratch target. */
  readonly lease?: { readonly path: string; readonly token: number };
  /** Makes the announcement durable; the child commits only after it resolves. */
  readonly announce: (commit: CommitAnnouncement) => Promise<void>;
  /** `mark` identifies the commit in the file. */
  readonly committed: (target: string, mark?: string) => void;
  /** What was announced last is certainly not in the file. */
  readonly withdrawn?: (target: string) => void;
  /** What an earlier process saw last; without it, writes of others are counted from the opening. */
  readonly lastSeen?: LastSeen;
}
