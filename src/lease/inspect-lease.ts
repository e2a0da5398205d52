// Says who has the lease of a target. Reads only: never makes the file, and holds its locks for a moment at most.

import { accessSync, constants } from 'node:fs';
import { isSameProcess, thisProcess } from '../process/index.ts';
import { isBusy, type OwnDatabase, sleepSync } from '../sqlite/index.ts';
import type { LeaseRow, LeaseStatus } from './lease.ts';
import { claimedRow, giveUp, leaseFailure, leasePath, openExistingLeaseFile, readRow } from './lease-file.ts';
import { retryWhileBusy } from './release-lease.ts';

/** Another look, or a taker in the middle, is gone after a few of these. */
const tries = 5;

/** Fails with `lease/not-a-lease`, or `lease/unwritable-folder` when the file cannot even be read. */
export function inspectLease(realPath: string): LeaseStatus {
  const path = leasePath(realPath);
  const canProbe = isWritable(path);
  const database = retryWhileBusy(() => openExistingLeaseFile(realPath, !canProbe));
  if (!database) return { state: 'free' };
  try {
    for (let i = 1; canProbe && i <= tries; i++) {
      const row = rowWhenUnlocked(database, path);
      if (row !== 'locked') return row ? left(row) : { state: 'free' };
      sleepSync(i);
    }
    const row = retryWhileBusy(() => claimedRow(readRow(database, path)));
    if (!row) return { state: 'free' };
    // Without the right to try the lock, all that is left to ask is whether the process runs.
    if (!canProbe && (row.host !== thisProcess().host || !isSameProcess(row.pid, 'unknown')))
      return left(row);
    return { state: 'held', row };
  } finally {
    database.close();
  }
}

/** The row, if nobody has a lock. Nothing is written: the transaction is given up at once. */
function rowWhenUnlocked(database: OwnDatabase, path: string): LeaseRow | undefined | 'locked' {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return claimedRow(readRow(database, path));
  } catch (error) {
    if (isBusy(error)) return 'locked';
    throw leaseFailure(path, error);
  } finally {
    giveUp(database);
  }
}

function left(row: LeaseRow): LeaseStatus {
  return { state: 'left', row, isOtherHost: row.host !== thisProcess().host };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
