// The contract of a session: reading a database, and working on it under a lease.

import type { Effect, FileSettings } from '../journal/event.ts';
import type { TargetFacts } from './facts.ts';
import type { MigrationEffects, MigrationScript, Rehearsal, SchemaChanges } from './migration.ts';
import type { ImportedRows, PruneChunk, PruneCounts, PruneSelection } from './prune.ts';
import type { CompiledStatement, DatabaseSchema, QueryResult, SqlStatement } from './schema.ts';
import type { ChangesetState, RecordedColumns, SequenceValues, UndoPrepared, UndoRequest } from './undo.ts';

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
  /**
   * Why `execute` of these statements could not be taken back row by row; absent: as it looks now, it can. Runs none.
   * Fails as `compile` does.
   */
  forecast(
    statements: readonly SqlStatement[],
    options?: SessionOptions,
  ): Promise<{ readonly noRows?: string }>;
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
  /**
   * Asked again by the same process of ours, another one when others have committed in between. It begins with the process;
   * undefined where that cannot be seen.
   */
  dataVersion(options?: SessionOptions): Promise<string | undefined>;
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
  /** What was committed comes from the log into the file itself, as far as readers allow; the log stays. */
  bringHome(options?: SessionOptions): Promise<void>;
  analyze(options?: SessionOptions): Promise<void>;
  optimize(options?: SessionOptions): Promise<void>;
  reindex(options?: SessionOptions): Promise<void>;
  vacuum(options?: SessionOptions): Promise<{ sizeBefore: number; sizeAfter: number }>;
  configure(settings: Partial<FileSettings>, options?: SessionOptions): Promise<void>;
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

export interface SnapshotFacts {
  readonly pages: number;
  readonly pageSize: number;
  readonly sizeBytes: number;
}
