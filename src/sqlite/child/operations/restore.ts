// Writes a copy's content into a live database file, through SQLite: one transaction on the file, which readers and other
// connections survive. Never renames over the file and never opens it in any other way.

import { backup, DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../diagnostic/index.ts';
import { isSqliteError } from '../errors.ts';
import { copyFailure, isFull, isUnexplained, restoreBusy } from './copy-failure.ts';
import { readPragma } from './pragma.ts';

export interface RestoreOptions {
  /** Real path of the file that `connection` has open. */
  readonly livePath: string;
  /** A verified private copy in rollback-journal form. Its page size may be changed. */
  readonly from: string;
  readonly busyTimeoutMs: number;
  /** Asked before each try to write. */
  readonly assertUnwritten?: () => Promise<void>;
  /** Asked once the content is committed, before it is brought into the file: what went wrong all the same. */
  readonly onWritten?: (pages: number) => Promise<Failure | undefined>;
  readonly onProgress?: (progress: { done: number; total: number; unit: 'pages' }) => void;
}

const pagesPerStep = 4096;
const retryMs = 25;

/**
 * Replaces the content of the live file by that of `from`; resolves once it is in the file and not only in the WAL.
 *
 * `connection` must have no open transaction. Fails with `backup/restore-busy` (nothing changed), `store/no-room` or
 * `backup/restore-failed` (SQLite takes back what it cannot write; a disk that fails in its commit leaves that open), or
 * with `backup/restore-unproven` (the content was written, but could not be brought to rest).
 * Crash: before SQLite's commit the file holds the old content, after it the new; never a mix.
 */
export async function restore(
  connection: DatabaseSync,
  options: RestoreOptions,
): Promise<{ pages: number; isRewritten: boolean }> {
  const modeBefore = String(readPragma(connection, 'journal_mode'));
  const deadline = performance.now() + options.busyTimeoutMs;
  const { pages, isRewritten } = await write(connection, options, modeBefore, deadline);
  const failure = await options.onWritten?.(pages);
  try {
    bringBackMode(connection, modeBefore);
    const found = Number(readPragma(connection, 'page_count'));
    if (found !== pages) throw unproven(`the file has ${found} pages after the restore, expected ${pages}`);
    if (modeBefore === 'wal') await checkpoint(connection, Math.max(deadline, performance.now() + 1000));
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    throw unproven(`what was written could not be brought to rest: ${error.message}`, error);
  }
  if (failure !== undefined) throw failure;
  return { pages, isRewritten };
}

async function write(
  connection: DatabaseSync,
  options: RestoreOptions,
  mode: string,
  deadline: number,
): Promise<{ pages: number; isRewritten: boolean }> {
  let needBytes = 0;
  try {
    assertHasContent(options.from);
    // A WAL file cannot change its page size, so the copy takes that of the file.
    const isRewritten =
      mode === 'wal' && setPageSize(options.from, Number(readPragma(connection, 'page_size')));
    using source = new DatabaseSync(options.from, { readOnly: true });
    const expected = Number(readPragma(source, 'page_count'));
    needBytes = expected * Number(readPragma(source, 'page_size'));
    for (;;) {
      await options.assertUnwritten?.();
      const outcome = await attempt(source, options);
      if (outcome === expected) return { pages: expected, isRewritten };
      // The outcome is judged, not the promise: under a lock it resolves with nothing copied or rejects without a reason.
      // Of a lock that somebody takes and gives back at full speed, asking afterwards sees nothing.
      const mayBeLock =
        outcome === 0 || (isUnexplained(outcome) && !isFull(outcome, options.livePath, needBytes));
      const isHeld = isLocked(connection);
      if (!isHeld && !mayBeLock) throw notWritten(outcome, expected);
      if (performance.now() + retryMs > deadline) throw restoreBusy(options.livePath);
      await sleep(retryMs);
    }
  } catch (error) {
    throw copyFailure(error, 'restore', options.livePath, needBytes);
  }
}

/** Pages written, or what SQLite rejected with. */
async function attempt(source: DatabaseSync, options: RestoreOptions): Promise<number | Error> {
  try {
    return await backup(source, options.livePath, {
      rate: pagesPerStep,
      progress: ({ totalPages, remainingPages }) =>
        options.onProgress?.({ done: totalPages - remainingPages, total: totalPages, unit: 'pages' }),
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Asks for the lock that a restore needs, and gives it back. */
function isLocked(connection: DatabaseSync): boolean {
  try {
    connection.exec('BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch {
    return true;
  }
}

function notWritten(outcome: number | Error, expected: number): Error {
  if (outcome instanceof Error) return outcome;
  return new Failure('backup/restore-failed', `${outcome} of ${expected} pages were written`, {
    state: 'the database was not changed',
  });
}

/** An empty copy would empty the database, and SQLite would call it a success. */
function assertHasContent(path: string): void {
  using copy = new DatabaseSync(path, { readOnly: true });
  if (Number(readPragma(copy, 'page_count')) > 0) return;
  throw new Failure('backup/restore-failed', `the copy \`${path}\` is empty`, {
    state: 'the database was not changed',
  });
}

/** False: it was of that page size already. */
function setPageSize(path: string, pageSize: number): boolean {
  using copy = new DatabaseSync(path);
  if (Number(readPragma(copy, 'page_size')) === pageSize) return false;
  copy.exec(`PRAGMA journal_mode = DELETE; PRAGMA page_size = ${pageSize}; VACUUM`);
  return true;
}

function bringBackMode(connection: DatabaseSync, before: string): void {
  const now = String(readPragma(connection, 'journal_mode'));
  if (now === before) return;
  // Order: run to its end, then read. The row that SQLite answers with comes before it has committed the change.
  connection.exec(`PRAGMA journal_mode = ${before}`);
  const after = String(readPragma(connection, 'journal_mode'));
  if (after !== before) throw unproven(`the journal mode is \`${after}\`, expected \`${before}\``);
}

/**
 * FULL, until every frame is in the file: a restore that has merely returned lies in a WAL that nobody has synced.
 * TRUNCATE afterwards only gives the room back, so its outcome does not matter.
 */
async function checkpoint(connection: DatabaseSync, deadline: number): Promise<void> {
  for (;;) {
    const row = connection.prepare('PRAGMA wal_checkpoint(FULL)').get();
    if (row?.busy === 0 && row.log === row.checkpointed) break;
    if (performance.now() > deadline)
      throw unproven('a reader that started before the restore keeps the WAL from being checkpointed');
    await sleep(retryMs);
  }
  connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
}

function unproven(message: string, cause?: unknown): Failure {
  return new Failure('backup/restore-unproven', message, {
    state: 'the content of the backup was written to the database; it is not proven to be on disk',
    fix: 'stop the application, then run the restore again',
    ...(cause === undefined ? {} : { cause }),
  });
}
