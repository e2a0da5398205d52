// Gives a lease back: empties the row, keeps the token, closes. The read transaction of the lease is upgraded in place,
// so nobody can find the row without a lock while it is being emptied.

import { Failure } from '../diagnostic/index.ts';
import { isBusy, type OwnDatabase, sleepSync, sqliteCode } from '../sqlite/index.ts';
import { giveUp } from './lease-file.ts';

export const emptySql =
  'UPDATE lease SET run_id = NULL, state_folder = NULL, operator = NULL, host = NULL, pid = NULL, taken_at = NULL';

/** Longer than the passing looks of `status` and of other takers. */
const patienceMs = 2000;

/** Fails with `lease/not-released`; the row is then left, as after a crash, and the lock is gone all the same. */
export function releaseLease(database: OwnDatabase, path: string, runId: string): void {
  try {
    retryWhileBusy(() => database.exec(emptySql));
    retryWhileBusy(() => database.exec('COMMIT'));
  } catch (cause) {
    // Somebody removed the file, and the claim with it.
    if (sqliteCode(cause) === 'SQLITE_READONLY_DBMOVED') return;
    throw new Failure(
      'lease/not-released',
      `the lease \`${path}\` of run \`${runId}\` could not be emptied`,
      {
        state: 'the run itself has ended; its claim on the target stays',
        fix: `\`belay abandon ${runId} --reason …\``,
        cause,
      },
    );
  } finally {
    giveUp(database);
    database.close();
  }
}

export function retryWhileBusy<T>(work: () => T): T {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
      sleepSync(10);
    }
  }
}
