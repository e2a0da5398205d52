// The moment between the copy of a database's state and the restore that replaces it: what others commit then is in neither.

import { Failure } from '../../diagnostic/index.ts';
import { isNextChange } from '../commit-mark.ts';
import { readDataVersion } from './connection.ts';
import { transactionsSince } from './wal-transactions.ts';
import type { Work } from './work.ts';

export interface RestoreWindow {
  /** Directly before each try to write. Fails with `target/written-during-restore`: nothing was restored. */
  assertUnwritten(): Promise<void>;
  /** Directly after: the first commit since is the restore's own, of at least so many pages. */
  check(pages: number): Promise<Failure | undefined>;
}

/** Counts from the last snapshot that this connection made; without one there is nothing to compare with. */
export function watchWindow({ connection, readMark }: Work): RestoreWindow {
  const { db, path, copiedVersion } = connection;
  let mark: string | undefined;
  return {
    async assertUnwritten() {
      mark = await readMark();
      // Order: after the reading, so that a commit of others before it is seen here, and one after it by `check`.
      if (copiedVersion === undefined || readDataVersion(db) === copiedVersion) return;
      throw written(path, 'since its state was copied', 'nothing was restored');
    },
    async check(pages) {
      if (mark === undefined) return undefined;
      const isFirst = mark.startsWith('rollback:')
        ? isNextChange(mark, await readMark())
        : (transactionsSince(`${path}-wal`, mark)[0] ?? pages) >= pages;
      return isFirst
        ? undefined
        : written(
            path,
            'at the moment of its restore',
            'the backup was restored over what the other connection wrote',
          );
    },
  };
}

export function written(path: string, when: string, state: string): Failure {
  return new Failure('target/written-during-restore', `another connection wrote to \`${path}\` ${when}`, {
    state,
    fix: 'stop the program that writes, then try again; the copies of its state are in `belay runs show last`',
  });
}
