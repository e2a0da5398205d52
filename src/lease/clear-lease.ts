// Gives up the claim of a run that is over: empties the row that it left. Never takes a lease from a live process.

import { Failure } from '../diagnostic/index.ts';
import { isBusy, type OwnDatabase } from '../sqlite/index.ts';
import { claimedRow, giveUp, leaseFailure, leasePath, openExistingLeaseFile, readRow } from './lease-file.ts';
import { emptySql, retryWhileBusy } from './release-lease.ts';

/** True when the run's row was there and is empty now. Fails with `lease/held` while a process holds the lock. */
export function clearLease(realPath: string, runId: string): boolean {
  const path = leasePath(realPath);
  let database: OwnDatabase | undefined;
  try {
    const opened = retryWhileBusy(() => openExistingLeaseFile(realPath, false));
    if (!opened) return false;
    database = opened;
    retryWhileBusy(() => opened.exec('BEGIN EXCLUSIVE'));
    if (claimedRow(readRow(opened, path))?.runId !== runId) return false;
    opened.exec(emptySql);
    opened.exec('COMMIT');
    return true;
  } catch (error) {
    if (!isBusy(error)) throw leaseFailure(path, error);
    throw new Failure('lease/held', `a process of run \`${runId}\` still holds the lease \`${path}\``, {
      state: 'nothing has been changed',
      fix: `find the process with \`fuser ${path}\``,
      cause: error,
    });
  } finally {
    if (database !== undefined) giveUp(database);
    database?.close();
  }
}
