// Opens Belay's own SQLite files (journal, leases) with better-sqlite3, with the durability that Belay promises.
// Never opens a target, and is loaded at the first call, so that commands without state do not pay for it.

import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

export type OwnDatabase = BetterSqlite3.Database;
export type OwnStatement<P extends unknown[], R> = BetterSqlite3.Statement<P, R>;

export interface OwnDatabaseOptions {
  /** Of a new file; an existing one keeps its own, because it may be another program's. */
  readonly journalMode: 'wal' | 'delete';
  /** Opens an existing file and refuses writes. */
  readonly readOnly?: boolean;
  /** Fails with `SQLITE_CANTOPEN` instead of creating the file. */
  readonly mustExist?: boolean;
  /** How long a statement waits for another process's lock; 0 fails at once. */
  readonly busyTimeoutMs?: number;
}

const load = createRequire(import.meta.url);

/**
 * An open database: `synchronous=FULL`, set and read back, because a later open of a WAL file starts with NORMAL.
 *
 * Fails with SQLite's own error (see `sqliteCode`): what it means depends on the file, so the caller says it.
 */
export function openOwnDatabase(path: string, options: OwnDatabaseOptions): OwnDatabase {
  const Database = load('better-sqlite3') as typeof BetterSqlite3;
  const isReadOnly = options.readOnly ?? false;
  const database = new Database(path, {
    readonly: isReadOnly,
    fileMustExist: isReadOnly || (options.mustExist ?? false),
    timeout: options.busyTimeoutMs ?? 5000,
  });
  try {
    database.pragma('trusted_schema = OFF');
    if (isReadOnly) return database;
    database.pragma('synchronous = FULL');
    if (database.pragma('synchronous', { simple: true }) !== 2)
      throw new Error('synchronous=FULL was not taken');
    if (options.journalMode === 'wal') switchToWal(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite's code of an error, such as `SQLITE_BUSY`; undefined for anything else. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'SqliteError') return undefined;
  const code = (error as Error & { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_BUSY') ?? false;
}

/** Blocks this thread; for the short waits between two tries for a lock. */
export function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// Of several processes that create the file at once, SQLite refuses all but one without waiting.
function switchToWal(database: OwnDatabase): void {
  for (let attempt = 1; ; attempt++) {
    try {
      if (database.pragma('page_count', { simple: true }) !== 0) return;
      if (database.pragma('journal_mode = WAL', { simple: true }) === 'wal') return;
      throw new Error('the file system does not support a write-ahead log');
    } catch (error) {
      if (!isBusy(error) || attempt === 200) throw error;
      sleepSync(10);
    }
  }
}
