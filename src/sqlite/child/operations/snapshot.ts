// A consistent copy of an open database, made through SQLite's backup API. Never reads the live file in any other way.

import { closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import { copyFailure } from './copy-failure.ts';
import { readPragma } from './pragma.ts';

export interface SnapshotOptions {
  /** Must not exist. */
  readonly to: string;
  /** Called in the read transaction of the copy. */
  readonly onReading?: () => void;
  readonly onProgress?: (progress: { done: number; total: number; unit: 'pages' }) => void;
}

/** Pages per step: some ten megabytes, so that progress is seen and a step stays short. */
const pagesPerStep = 4096;

/**
 * Copies the database to `to`, in rollback-journal form; resolves once file and folder are fsynced.
 *
 * Invariant: one read transaction on the source spans all steps, so that a writer that commits between two steps does not
 * restart the copy (in WAL mode it does not notice; in rollback mode it waits).
 * Crash: leaves a file at `to` that nobody has named a backup yet.
 *
 * Fails with `backup/snapshot-failed`, `backup/source-locked` or `store/no-room`; then `to` does not exist.
 */
export async function snapshot(
  connection: DatabaseSync,
  options: SnapshotOptions,
): Promise<{ pages: number; pageSize: number; sizeBytes: number }> {
  const { to } = options;
  if (existsSync(to))
    throw new Failure('backup/snapshot-failed', `\`${to}\` exists already`, { state: 'nothing was copied' });
  try {
    // Created here and not by SQLite: a copy is private from its first byte.
    closeSync(openSync(to, 'wx', 0o600));
    const pages = await copy(connection, options);
    const facts = settle(to, pages);
    for (const path of [to, dirname(to)]) fsync(path);
    return facts;
  } catch (error) {
    // Before the removal: how full the disk is tells why SQLite stopped.
    const failure = copyFailure(error, 'snapshot', to, databaseBytes(connection));
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(to + suffix, { force: true });
    throw failure;
  }
}

async function copy(
  connection: DatabaseSync,
  { to, onReading, onProgress }: SnapshotOptions,
): Promise<number> {
  const ownTransaction = !connection.isTransaction;
  if (ownTransaction) connection.exec('BEGIN');
  try {
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    onReading?.();
    const expected = Number(readPragma(connection, 'page_count'));
    const copied = await backup(connection, to, {
      rate: pagesPerStep,
      progress: ({ totalPages, remainingPages }) =>
        onProgress?.({ done: totalPages - remainingPages, total: totalPages, unit: 'pages' }),
    });
    // The outcome is judged, not the promise: backups have resolved with nothing copied.
    if (copied === 0 || copied !== expected)
      throw new Failure('backup/snapshot-failed', `${copied} of ${expected} pages were copied`, {
        state: 'no copy was kept; the database was only read',
      });
    return copied;
  } finally {
    if (ownTransaction) connection.exec('ROLLBACK');
  }
}

/** Brings the copy into rollback-journal form and reads back what it is. */
function settle(path: string, pages: number): { pages: number; pageSize: number; sizeBytes: number } {
  const copied = new DatabaseSync(path);
  try {
    // Exclusive: the change of mode needs no shared memory file then.
    copied.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE');
    const mode = readPragma(copied, 'journal_mode');
    const pageCount = Number(readPragma(copied, 'page_count'));
    const pageSize = Number(readPragma(copied, 'page_size'));
    if (mode !== 'delete' || pageCount !== pages)
      throw new Failure(
        'backup/snapshot-failed',
        `the copy has ${pageCount} pages in mode \`${mode}\`, expected ${pages} in \`delete\``,
        { state: 'no copy was kept; the database was only read' },
      );
    return { pages, pageSize, sizeBytes: pages * pageSize };
  } finally {
    copied.close();
  }
}

/** Zero when a lock keeps us from asking. */
function databaseBytes(connection: DatabaseSync): number {
  try {
    return Number(readPragma(connection, 'page_count')) * Number(readPragma(connection, 'page_size'));
  } catch {
    return 0;
  }
}

/** Only for private copies and folders: on a live file it would drop SQLite's locks. */
function fsync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
