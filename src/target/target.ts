// The contract of a database kind, and of the two ways to hold one: reading, and working on it under a lease.

import type { Finding } from '../diagnostic/index.ts';
import type { Effect } from '../journal/event.ts';
import type { MigrationEffects, MigrationScript, Rehearsal, SchemaChanges } from './migration.ts';

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

export interface ColumnSchema {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  /** Position in the primary key from 1; 0 when not part of it. */
  readonly primaryKey: number;
  readonly isGenerated: boolean;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly onDelete: string;
}

export interface TableSchema {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual' | 'shadow';
  readonly isWithoutRowid: boolean;
  readonly columns: readonly ColumnSchema[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly indexes: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly isUnique: boolean;
  }[];
}

export interface DatabaseSchema {
  readonly tables: readonly TableSchema[];
}

/** A value that SQLite can bind or return. Integers beyond 2^53 never get here: they are an error at the boundary. */
export type SqlValue = null | number | string | Uint8Array;
export type SqlParams = Readonly<Record<string, SqlValue>> | readonly SqlValue[];

export interface SqlStatement {
  readonly sql: string;
  readonly params?: SqlParams;
  /** Fills `"$name"` in the SQL with a quoted identifier, checked against the live schema. */
  readonly names?: Readonly<Record<string, string>>;
  /** Bounds on changed rows, checked before COMMIT. */
  readonly changes?: { readonly min?: number; readonly max?: number };
}

/** What SQLite's compiler says of one statement of a text. Source: the authorizer on the executing connection. */
export interface CompiledStatement {
  readonly sql: string;
  readonly isReadOnly: boolean;
  readonly reads: readonly string[];
  /** Tables written, also through triggers and cascades. */
  readonly writes: readonly { readonly table: string; readonly kind: 'insert' | 'update' | 'delete' }[];
  readonly isSchemaChange: boolean;
  /** Names of parameters that the statement takes, without the sigil. */
  readonly parameters: readonly string[];
  readonly columns: readonly string[];
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
}

export interface CheckResult {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly latencyMs: number;
}

export interface TableCount {
  readonly table: string;
  readonly rows: number;
}

export interface TableDifference {
  readonly table: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export interface DatabaseDifference {
  readonly schema: SchemaChanges;
  /** Only tables that differ; of columns that only one side has nothing is compared. */
  readonly tables: readonly TableDifference[];
}

/** A copy, read whole. */
export interface CopyContent {
  /** Empty: the check found none. */
  readonly problems: readonly string[];
  readonly sizeBytes: number;
  readonly pageSize: number;
  readonly pageCount: number;
  readonly encoding: string;
  readonly applicationId: number;
  readonly userVersion: number;
  readonly tables: readonly TableCount[];
  readonly contentHash: string;
}

export interface SessionOptions {
  /** Stops the work at once by ending the child and waiting for its end. The session reopens at its next call. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TargetProgress) => void;
}

export interface TargetProgress {
  readonly message?: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: 'pages' | 'bytes' | 'rows' | 'chunks' | 'tables';
}

/** Reading. Every method fails with the `target/…` and `sqlite/…` codes of its cause. */
export interface ReadSession extends AsyncDisposable {
  readonly target: string;
  readonly path: string;
  facts(options?: SessionOptions): Promise<TargetFacts>;
  schema(options?: SessionOptions): Promise<DatabaseSchema>;
  /** Compiles every statement of a text in turn, runs none. Fails with `sqlite/refused` for what a runbook may not do. */
  compile(
    sql: string,
    names?: Readonly<Record<string, string>>,
    options?: SessionOptions,
  ): Promise<CompiledStatement[]>;
  /** One read-only statement. Over the limits: `sqlite/too-many-rows`. */
  query(
    statement: SqlStatement,
    limits: { maxRows: number; maxBytes: number },
    options?: SessionOptions,
  ): Promise<QueryResult>;
  check(
    mode: 'quick' | 'integrity',
    options?: SessionOptions & { foreignKeys?: boolean; tables?: readonly string[] },
  ): Promise<CheckResult>;
  /** Row counts; of all ordinary tables when none are named. An unknown name: `sqlite/no-such-table`. */
  counts(tables?: readonly string[], options?: SessionOptions): Promise<TableCount[]>;
  /** Content hash v1 (docs/decisions), hexadecimal. */
  contentHash(options?: SessionOptions): Promise<string>;
  /** What a prune of this selection would do now. */
  pruneCount(selection: PruneSelection, options?: SessionOptions): Promise<PruneCounts>;
  /**
   * Applies migrations to a private copy, checks the copy, and removes it: the database is only read.
   * Fails as `migrate` would, with `details.migration` and `details.statement`; `target/no-room` when copy and journal
   * would take more than `maxShareOfRoom` of what is free in the scratch folder.
   */
  rehearse(
    migrations: readonly MigrationScript[],
    maxShareOfRoom: number,
    options?: SessionOptions,
  ): Promise<Rehearsal>;
  /**
   * Checks a private copy of any database and reads what it says of itself, through a second connection of the same child.
   * `hasLog`: there may be more beside the main file, which reading it brings in.
   */
  readCopy(
    path: string,
    options: SessionOptions & { level: 'quick' | 'integrity'; hasLog?: boolean },
  ): Promise<CopyContent>;
  /** What differs from an earlier copy. Only for a database that is private too: it is read without the guard. */
  compareWith(path: string, options?: SessionOptions): Promise<DatabaseDifference>;
  /** Ends the child and waits for its end. Idempotent. */
  close(): Promise<void>;
}

export interface CommitAnnouncement {
  readonly target: string;
  readonly effect: Effect;
  readonly rows: number;
  readonly changeset?: Uint8Array;
  readonly withoutChangeset?: string;
  readonly foreignWrites: 'none' | 'proven' | 'unknown';
  /** Of the tables that the transaction wrote and that have one, before and after it. */
  readonly sequences?: { readonly before: SequenceValues; readonly after: SequenceValues };
  /** Of the tables in the changeset, which has only their number. */
  readonly columns?: RecordedColumns;
}

/** Working on a target under a lease: reading, and what writes. One statement after another. */
export interface WriteSession extends ReadSession {
  /**
   * All statements in one transaction. Bounds are checked before COMMIT; COMMIT waits for `announce`.
   * Nothing is committed when any part fails.
   */
  execute(
    statements: readonly SqlStatement[],
    effect: Effect,
    options?: SessionOptions,
  ): Promise<{ changes: readonly number[] }>;
  /**
   * Fills a new, private database in one transaction, without foreign keys. What a runbook may not do is refused.
   * Fails with the index of the statement in `details.statement`.
   */
  load(statements: readonly string[], options?: SessionOptions): Promise<void>;
  /** A consistent copy at `to` (must not exist), in rollback-journal form, fsynced; never zero pages. */
  snapshot(to: string, options?: SessionOptions): Promise<SnapshotFacts>;
  /**
   * Writes the content of a verified copy into the live file, through SQLite, and checkpoints. `isProven`: the file's pages
   * were read back and are those of the copy; false when that could not be shown, so that a slower proof is due.
   * `letsOthersIn`: an exclusive session does not keep others away any more. `losesWrites`: what others have written since
   * the last snapshot of this session may be lost; else it fails with `target/written-during-restore`.
   */
  restoreFrom(
    path: string,
    options?: SessionOptions & { readonly letsOthersIn?: boolean; readonly losesWrites?: boolean },
  ): Promise<{ pages: number; isProven: boolean }>;
  /**
   * Whether a recorded transaction is in the file, judged by its own rows: all hold the new values, all the old, or
   * neither (`mixed`: others have written them since, or the table changed its form).
   */
  changesetState(
    changeset: Uint8Array,
    options?: SessionOptions & { columns?: RecordedColumns },
  ): Promise<ChangesetState>;
  /**
   * Takes back recorded transactions, newest first, in one transaction that stays open: nothing is committed yet.
   * With state `conflicts`, and on any failure, the transaction is rolled back already. Rows that are as before count as
   * done, so that asked again it prepares 0 rows. Every row is read back and proven before this returns.
   * Fails with `target/undo-schema-changed`, `target/undo-unproven`, `target/changeset-damaged`.
   */
  undoPrepare(undo: UndoRequest, options?: SessionOptions): Promise<UndoPrepared>;
  /** Commits what `undoPrepare` left open; asks `announce` first, as every commit. Then reads every row back. */
  undoCommit(options?: SessionOptions): Promise<{ readonly rows: number }>;
  undoCancel(options?: SessionOptions): Promise<void>;
  /** Whether another connection has committed since; `unknown` after a lost child. */
  foreignWrites(options?: SessionOptions): Promise<CommitAnnouncement['foreignWrites']>;
  /**
   * Keeps every other connection away, until it is set off or the session ends; a child that follows a lost one takes it
   * again. A restore lets go for its moment. Fails with `target/in-use`, `target/written-during-restore`.
   */
  setExclusive(isOn: boolean, options?: SessionOptions): Promise<void>;
  checkpoint(
    options?: SessionOptions,
  ): Promise<{ walBytesBefore: number; walBytesAfter: number; isComplete: boolean }>;
  analyze(options?: SessionOptions): Promise<void>;
  optimize(options?: SessionOptions): Promise<void>;
  reindex(options?: SessionOptions): Promise<void>;
  vacuum(options?: SessionOptions): Promise<{ sizeBefore: number; sizeAfter: number }>;
  configure(
    settings: { journalMode?: string; autoVacuum?: string; pageSize?: number },
    options?: SessionOptions,
  ): Promise<void>;
  /**
   * One migration and its row in the ledger, in one announced transaction; what it may not do rolls all of it back.
   * Fails with `migrate/…`, `sqlite/…`, `target/…`; `details.statement` counts from 0.
   */
  migrate(migration: MigrationScript, options?: SessionOptions): Promise<MigrationEffects>;
  /** Fixes the set of keys that `where` selects now, in a private table of the child. Writes nothing to the target. */
  pruneSelect(selection: PruneSelection, options?: SessionOptions): Promise<PruneCounts>;
  /**
   * Archives and deletes the next `limit` of the selected rows, with all that hang on them, in one transaction; fewer when
   * the record of changes would grow too large. `remaining` 0 = done.
   */
  pruneChunk(limit: number, options?: SessionOptions): Promise<PruneChunk>;
  /** Completes the archive: its manifest is durable when it resolves. Without an archive: no folder. */
  pruneFinish(options?: SessionOptions): Promise<{ readonly folder?: string; readonly rows: number }>;
  /**
   * Loads an archive in one announced transaction: rows that are there already are passed over, rows that are there with
   * other values stop it all. Fails with `action/archive-damaged`, `action/archive-conflict`, `action/unreadable-file`.
   */
  importRows(from: string, options?: SessionOptions): Promise<ImportedRows>;
}

export interface PruneSelection {
  readonly table: string;
  /** One whole predicate over the table, compiled by SQLite under an authorizer that only reads. */
  readonly where: string;
  readonly params?: SqlParams;
  /** `declared`: rows that foreign keys lead to go with their parents. Default `none`: they stand in the way. */
  readonly cascade?: 'declared' | 'none';
  /** Children without a declared key. */
  readonly children?: readonly PruneChild[];
  /** Tables may be read whole for want of an index. */
  readonly allowScan?: boolean;
  readonly archive?: {
    readonly to: string;
    readonly format: 'jsonl' | 'csv' | 'sql';
    readonly run: string;
    readonly step: string;
  };
}

export interface PruneChild {
  readonly table: string;
  readonly key: string;
  /** Default: the table of the prune. */
  readonly parent?: string;
  /** Default: the primary key of the parent. */
  readonly parentKey?: string;
}

export interface PruneCounts {
  /** Of the table of the prune, which is the first of `tables`. */
  readonly planned: number;
  readonly tableRows: number;
  readonly tables: readonly {
    readonly table: string;
    readonly planned: number;
    readonly tableRows: number;
    /** Rows that stay, their reference set to NULL or a default. */
    readonly changed: number;
  }[];
}

export interface PruneChunk {
  /** Of the table of the prune. */
  readonly deleted: number;
  readonly remaining: number;
  /** Selected rows that are dealt with. */
  readonly taken: number;
  readonly lockedMs: number;
  /** Selected rows that stay, because rows hang on them that were not there when all were counted. */
  readonly kept: number;
  readonly tables: readonly {
    readonly table: string;
    readonly deleted: number;
    readonly archived: number;
    readonly changed: number;
  }[];
}

export interface ImportedRows {
  readonly tables: readonly { readonly table: string; readonly loaded: number; readonly present: number }[];
  /** False: the run that wrote the archive was interrupted; all its durable rows were read. */
  readonly isFinished: boolean;
}

export type ChangesetState = 'applied' | 'not-applied' | 'mixed';

/** Table name to the names of its columns that are not generated, in order. */
export type RecordedColumns = Readonly<Record<string, readonly string[]>>;

export interface UndoRequest {
  /** Newest first. */
  readonly changesets: readonly Uint8Array[];
  /**
   * `abort`: any row that others have changed since stops it all. `keep`: their rows stay, ours elsewhere go back.
   * `discard`: the recorded old values win.
   */
  readonly onConflict: 'abort' | 'keep' | 'discard';
  /** `sqlite_sequence` as recorded before our first write; put back only where the value is still ours. */
  readonly sequences?: { readonly before: SequenceValues; readonly after: SequenceValues };
  /** As announced with the changesets; without them only number and key of the columns are compared. */
  readonly columns?: RecordedColumns;
}

/** `sqlite_sequence`: table name to value. */
export type SequenceValues = Readonly<Record<string, number>>;

export interface UndoPrepared {
  readonly state: 'prepared' | 'conflicts';
  /** Rows that would go back. */
  readonly rows: number;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly conflicts: readonly RowConflict[];
}

/** A row that is not as we left it. Values are shown, never more than 1,000 rows. */
export interface RowConflict {
  readonly table: string;
  readonly key: Readonly<Record<string, SqlValue>>;
  /** What we wrote; null when we had deleted it. */
  readonly ours: Readonly<Record<string, SqlValue>> | null;
  /** What is there now; null when it is gone. */
  readonly theirs: Readonly<Record<string, SqlValue>> | null;
  readonly why: 'changed' | 'missing' | 'already-there' | 'constraint' | 'foreign-key';
}

export interface SnapshotFacts {
  readonly pages: number;
  readonly pageSize: number;
  readonly sizeBytes: number;
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
   * What is known of the target, read-only and pure (`SAFETY.md` §6): nothing is created, changed or touched beside it.
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
