// Takes the lease of a target. Owns the order of its locks (SAFETY §3): the row is written once under EXCLUSIVE, which
// then becomes SHARED without a moment between, held by an open read transaction for the life of the lease.

import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { isSameProcess } from '../process/index.ts';
import { isBusy, type OwnDatabase } from '../sqlite/index.ts';
import type { Lease, LeaseRequest, LeaseRow } from './lease.ts';
import { claimedRow, giveUp, leaseFailure, leasePath, openLeaseFile, readRow } from './lease-file.ts';
import { assertLocksWork } from './lock-test.ts';
import { releaseLease } from './release-lease.ts';

const createSql = `CREATE TABLE IF NOT EXISTS lease(
  id INTEGER PRIMARY KEY CHECK (id = 1), run_id TEXT, token INTEGER NOT NULL, state_folder TEXT, operator TEXT,
  host TEXT, pid INTEGER, taken_at TEXT)`;
const writeSql = `INSERT OR REPLACE INTO lease(id, run_id, token, state_folder, operator, host, pid, taken_at)
  VALUES (1, ?, ?, ?, ?, ?, ?, ?)`;

/** How long a lock may be somebody's passing look (`belay status`) before it counts as a holder. */
const passingMs = 1000;
const retryMs = 20;

/**
 * The lease of the target at `realPath`, with a token larger than any before.
 *
 * Fails with `lease/held` after `waitMs`, `lease/interrupted-run`, `lease/other-host`, `lease/unwritable-folder`,
 * `lease/locks-do-not-work`, `lease/hard-linked-target`, `lease/not-a-lease`; with the signal's reason when aborted.
 * Crash: dying at any point leaves the row as it was, or the new row without a lock.
 */
export async function takeLease(realPath: string, request: LeaseRequest): Promise<Lease> {
  const path = leasePath(realPath);
  const { database, token } = await takeWhenFree(path, realPath, request);
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    releaseLease(database, path, request.runId);
  };
  const leave = () => {
    if (!isHeld) return;
    isHeld = false;
    giveUp(database);
    database.close();
  };
  try {
    await assertLocksWork(path);
  } catch (error) {
    release();
    throw error;
  }
  return { path, token, release, [Symbol.dispose]: leave };
}

interface Taken {
  readonly database: OwnDatabase;
  readonly token: number;
}

async function takeWhenFree(path: string, realPath: string, request: LeaseRequest): Promise<Taken> {
  const startedAt = performance.now();
  let database: OwnDatabase | undefined;
  let announced: string | undefined;
  try {
    for (;;) {
      request.signal?.throwIfAborted();
      database ??= unlessBusy(() => openLeaseFile(realPath));
      const token = database && tryTake(database, path, realPath, request);
      if (database && token !== undefined) return { database, token };
      const waitedMs = performance.now() - startedAt;
      const row = database && holderOf(database, path);
      const isHolder = row !== undefined && (waitedMs >= passingMs || isAliveHere(row, request.host));
      if (row && isHolder && announced !== row.runId) {
        announced = row.runId;
        if (request.waitMs > 0) request.onWait?.(row);
      }
      if (waitedMs >= request.waitMs && (isHolder || waitedMs >= passingMs))
        throw held(path, realPath, row, request.waitMs);
      await sleep(retryMs, undefined, request.signal ? { signal: request.signal } : {});
    }
  } catch (error) {
    database?.close();
    throw error;
  }
}

/** The new token; undefined while somebody has the lock. */
function tryTake(
  database: OwnDatabase,
  path: string,
  realPath: string,
  request: LeaseRequest,
): number | undefined {
  try {
    database.exec('BEGIN EXCLUSIVE');
    const before = readRow(database, path);
    const left = claimedRow(before);
    // The row of the run itself: it is gone on with, after its processes are proven dead.
    const isOwn =
      left?.runId === request.runId && (left.host === request.host || left.host === request.lostHost);
    if (left && !isOwn) throw leftBehind(path, realPath, left, request.host);
    const token = (before?.token ?? 0) + 1;
    database.exec(createSql);
    database
      .prepare(writeSql)
      .run(
        request.runId,
        token,
        request.stateFolder,
        request.operator,
        request.host,
        process.pid,
        new Date().toISOString(),
      );
    commitIntoShared(database);
    if (readRow(database, path)?.token !== token)
      throw new Error(`the lease ${path} changed under an exclusive lock`);
    return token;
  } catch (error) {
    giveUp(database);
    if (isBusy(error)) return undefined;
    throw leaseFailure(path, error);
  }
}

// Order: COMMIT with a reader still open lowers EXCLUSIVE to SHARED instead of letting go, so nobody can come between;
// then a read transaction takes the reader's place. better-sqlite3 allows that only in its unsafe mode.
function commitIntoShared(database: OwnDatabase): void {
  database.unsafeMode(true);
  const reader = database.prepare('SELECT token FROM lease').iterate();
  try {
    reader.next();
    database.exec('COMMIT');
    database.exec('BEGIN');
    database.prepare('SELECT token FROM lease').get();
  } finally {
    reader.return?.();
    database.unsafeMode(false);
  }
}

function holderOf(database: OwnDatabase, path: string): LeaseRow | undefined {
  return unlessBusy(() => claimedRow(readRow(database, path)));
}

function unlessBusy<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isAliveHere(row: LeaseRow, host: string): boolean {
  return row.host === host && isSameProcess(row.pid, 'unknown');
}

function held(path: string, realPath: string, row: LeaseRow | undefined, waitMs: number): Failure {
  const waited = waitMs > 0 ? ` after ${formatDuration(waitMs)}` : '';
  return new Failure(
    'lease/held',
    row
      ? `run \`${row.runId}\` of ${describeHolder(row)} works on \`${realPath}\`${waited}`
      : `another process keeps the lease \`${path}\` locked${waited}`,
    {
      state: 'nothing has been changed',
      fix: row
        ? `see it with \`belay runs show ${row.runId} --state ${row.stateFolder}\`, or wait longer with \`--lock-wait\``
        : `find the process with \`fuser ${path}\``,
      details: { lease: path, ...(row ? { runId: row.runId, holder: row } : {}) },
    },
  );
}

function leftBehind(path: string, realPath: string, row: LeaseRow, host: string): Failure {
  const details = { lease: path, runId: row.runId, holder: row };
  if (row.host !== host)
    return new Failure(
      'lease/other-host',
      `run \`${row.runId}\` of ${describeHolder(row)} claims \`${realPath}\``,
      {
        state: 'nothing has been changed; from here nobody can tell whether that run still works',
        fix: `on \`${row.host}\`: \`belay runs show ${row.runId} --state ${row.stateFolder}\`; if that host is gone for good, \`belay rollback\`, \`resume\` or \`abandon\` that run with \`--lost-host ${row.host}\``,
        details,
      },
    );
  return new Failure(
    'lease/interrupted-run',
    `run \`${row.runId}\` of ${describeHolder(row)} was interrupted or waits, and still claims \`${realPath}\``,
    {
      state: 'this command has changed nothing; what that run did is in its record',
      fix: `\`belay runs show ${row.runId} --state ${row.stateFolder}\` says what it did, and the ways on`,
      details,
    },
  );
}

function describeHolder(row: LeaseRow): string {
  return `${row.operator} (pid ${row.pid} on ${row.host}, state folder \`${row.stateFolder}\`)`;
}
