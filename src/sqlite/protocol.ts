// What the engine and the child that does all SQL on a target say to each other. One request at a time;
// structured clone over Node's IPC channel. The child never acts without a request, never commits without a permit.

import type { Effect } from '../journal/event.ts';
import type { TargetFacts } from '../target/facts.ts';
import type { MigrationEffects, MigrationScript, Rehearsal } from '../target/migration.ts';
import type { ImportedRows, PruneChunk, PruneCounts, PruneSelection } from '../target/prune.ts';
import type { CompiledStatement, DatabaseSchema, QueryResult, SqlStatement } from '../target/schema.ts';
import type {
  CheckResult,
  CommitAnnouncement,
  CopyContent,
  DatabaseDifference,
  SnapshotFacts,
  TableCount,
  TargetProgress,
} from '../target/session.ts';
import type { ChangesetState, RecordedColumns, UndoPrepared, UndoRequest } from '../target/undo.ts';
import type { CommitMark } from './commit-mark.ts';

/** How the child opens the database. `immutable` reads without a lock and without a trace. */
export interface OpenArgs {
  readonly target: string;
  readonly path: string;
  readonly mode: 'immutable' | 'read' | 'write';
  readonly busyTimeoutMs: number;
  /** The file that must lie at `path`; anything else there is `target/replaced`. */
  readonly identity?: { readonly device: string; readonly inode: string };
  readonly lease?: { readonly path: string; readonly token: number };
  /** An earlier child of the same session was lost: who wrote since is unknown, unless the commit mark says it. */
  readonly isReopened?: boolean;
  /** The mark of the last commit that was seen before. */
  readonly lastMark?: CommitMark | undefined;
  /** A commit was permitted after that mark and has not been reported: a later mark may be ours. */
  readonly isInDoubt?: boolean;
  /** The lost child kept others away: this one does, or does not open. */
  readonly isExclusive?: boolean;
}

/** What the open database says of itself. */
export type DatabaseFacts = Omit<TargetFacts, 'name' | 'path' | 'condition' | 'problem' | 'identity'>;

/** Every operation of the child: argument and result. One file each under `child/operations/`. */
export type Operations = {
  readonly open: { args: OpenArgs; result: Record<never, never> };
  readonly facts: { args: Record<never, never>; result: DatabaseFacts };
  readonly schema: { args: Record<never, never>; result: DatabaseSchema };
  readonly compile: {
    args: { sql: string; names?: Readonly<Record<string, string>> | undefined };
    result: CompiledStatement[];
  };
  readonly forecast: { args: { statements: readonly SqlStatement[] }; result: { readonly noRows?: string } };
  readonly query: {
    args: { statement: SqlStatement; maxRows: number; maxBytes: number };
    result: QueryResult;
  };
  readonly check: {
    args: {
      mode: 'quick' | 'integrity';
      foreignKeys?: boolean | undefined;
      tables?: readonly string[] | undefined;
    };
    result: CheckResult;
  };
  readonly counts: { args: { tables?: readonly string[] | undefined }; result: TableCount[] };
  readonly contentHash: { args: Record<never, never>; result: string };
  readonly readCopy: {
    args: { path: string; level: 'quick' | 'integrity'; hasLog?: boolean };
    result: CopyContent;
  };
  readonly compareWith: { args: { path: string }; result: DatabaseDifference };
  readonly execute: {
    args: { statements: readonly SqlStatement[]; effect: Effect };
    result: { changes: readonly number[] };
  };
  readonly load: { args: { statements: readonly string[] }; result: Record<never, never> };
  readonly snapshot: { args: { to: string }; result: SnapshotFacts };
  readonly restore: {
    args: { path: string; letsOthersIn: boolean; losesWrites: boolean };
    result: { pages: number; isRewritten: boolean };
  };
  readonly dataVersion: { args: Record<never, never>; result: string | undefined };
  readonly foreignWrites: { args: Record<never, never>; result: CommitAnnouncement['foreignWrites'] };
  readonly setExclusive: { args: { isOn: boolean }; result: Record<never, never> };
  readonly checkpoint: {
    args: Record<never, never>;
    result: { walBytesBefore: number; walBytesAfter: number; isComplete: boolean };
  };
  readonly bringHome: { args: Record<never, never>; result: Record<never, never> };
  readonly analyze: { args: Record<never, never>; result: Record<never, never> };
  readonly optimize: { args: Record<never, never>; result: Record<never, never> };
  readonly reindex: { args: Record<never, never>; result: Record<never, never> };
  readonly vacuum: { args: Record<never, never>; result: { sizeBefore: number; sizeAfter: number } };
  readonly configure: {
    args: {
      journalMode?: string | undefined;
      autoVacuum?: string | undefined;
      pageSize?: number | undefined;
    };
    result: Record<never, never>;
  };
  readonly rehearse: {
    args: { migrations: readonly MigrationScript[]; maxShareOfRoom: number };
    result: Rehearsal;
  };
  readonly migrate: { args: { migration: MigrationScript }; result: MigrationEffects };
  readonly pruneSelect: { args: PruneSelection; result: PruneCounts };
  readonly pruneChunk: { args: { limit: number }; result: PruneChunk };
  readonly pruneFinish: { args: Record<never, never>; result: { folder?: string; rows: number } };
  readonly importRows: { args: { from: string }; result: ImportedRows };
  readonly changesetState: {
    args: { changeset: Uint8Array; columns?: RecordedColumns | undefined };
    result: { state: ChangesetState; reason?: string };
  };
  readonly undoPrepare: { args: UndoRequest; result: UndoPrepared };
  readonly undoCommit: { args: Record<never, never>; result: { rows: number } };
  readonly undoCancel: { args: Record<never, never>; result: Record<never, never> };
};

export type OperationName = keyof Operations;

export type Request =
  | { readonly kind: 'call'; readonly id: number; readonly operation: OperationName; readonly args: unknown }
  /** Answer to `commit-permit-wanted`. */
  | { readonly kind: 'commit-permit'; readonly permit: number; readonly isGranted: boolean }
  /** Answer to `mark-wanted`. */
  | { readonly kind: 'mark'; readonly ask: number; readonly mark: CommitMark | undefined };

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
  /** The files are read by the engine: in the child that would drop SQLite's locks. */
  | { readonly kind: 'mark-wanted'; readonly ask: number }
  /** With the mark of this commit, unless another one may already have followed. */
  | { readonly kind: 'committed'; readonly target: string; readonly mark?: CommitMark | undefined }
  /** What was permitted last was not committed, and never will be. */
  | { readonly kind: 'withdrawn'; readonly target: string }
  /** The mark of the point from which writes of others are counted now; none when it could not be read in time. */
  | { readonly kind: 'marked'; readonly mark?: CommitMark | undefined };

/** A `Failure` that crosses the process boundary. */
export interface ChildFailure {
  readonly code: string;
  readonly message: string;
  readonly state?: string;
  readonly fix?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
}
