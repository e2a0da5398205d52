// Keeps every other connection away: SQLite's exclusive locking, taken, given back, and given back for one restore.

import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../diagnostic/index.ts';
import { isNextChange } from '../commit-mark.ts';
import { type Connection, readDataVersion, scalar } from './connection.ts';
import { isSqliteError } from './errors.ts';
import { describeHolders } from './lock-holders.ts';
import { written } from './restore-window.ts';
import { transactionsSince } from './wal-transactions.ts';

/**
 * In WAL mode every other connection must be closed, in rollback mode none may be in a transaction.
 * Fails with `target/in-use`; then the locking is as before.
 */
export function takeExclusive(connection: Connection): void {
  const { db, path } = connection;
  try {
    // SQLite can give back a -wal only if it was opened under normal locking.
    scalar(db, 'SELECT count(*) FROM sqlite_schema');
    db.exec('PRAGMA main.locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    connection.isExclusive = true;
  } catch (cause) {
    const who = describeHolders(path);
    try {
      giveBackExclusive(connection);
    } catch {
      // Who writes keeps this read away too, and then there is no lock of ours to give back.
    }
    if (!isSqliteError(cause) || ((cause.errcode ?? 0) & 0xff) !== 5) throw cause;
    throw new Failure(
      'target/in-use',
      `\`${path}\` is to be used by nobody else, and is held by ${who ?? 'another process'}`,
      {
        state: 'nothing was committed to it by this step',
        fix: 'stop that program, then run again',
        cause,
      },
    );
  }
}

/** Others may read and write again when it returns. Idempotent. */
export function giveBackExclusive(connection: Connection): void {
  const { db } = connection;
  if (db.isTransaction) db.exec('ROLLBACK');
  db.exec('PRAGMA main.locking_mode = NORMAL');
  // SQLite lets go of the lock at the end of the next read.
  scalar(db, 'SELECT count(*) FROM sqlite_schema');
  connection.isExclusive = false;
}

/**
 * Gives the file back for a restore, which writes through another connection; call the result when it has written.
 *
 * Invariant: no commit in between goes unseen. In WAL mode the -wal is empty at first, and a reader that stays keeps it
 * from being emptied again, so the restore must be its only commit. In rollback mode the change counter must have moved by one.
 * Fails with `target/written-during-restore`, before the restore or as the answer to `check`.
 */
export async function openForRestore(
  connection: Connection,
  readMark: () => Promise<string | undefined>,
): Promise<{ check: () => Promise<Failure | undefined>; close: () => void }> {
  const { db, path } = connection;
  const isWal = scalar(db, 'PRAGMA journal_mode') === 'wal';
  if (isWal) db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  const before = await readMark();
  const version = readDataVersion(db);
  giveBackExclusive(connection);
  const reader = isWal ? stayingReader(path) : undefined;
  const close = (): void => {
    if (reader?.isOpen) reader.close();
  };
  if (readDataVersion(db) !== version) {
    close();
    throw written(path, 'at the moment of its restore', 'nothing was restored');
  }
  return {
    close,
    check: async () => {
      const isOnly = isWal
        ? before?.startsWith('rest:') === true && transactionsSince(`${path}-wal`, undefined).length === 1
        : isNextChange(before, await readMark());
      close();
      return isOnly
        ? undefined
        : written(
            path,
            'at the moment of its restore',
            'the backup was restored over what the other connection wrote',
          );
    },
  };
}

function stayingReader(path: string): DatabaseSync {
  const reader = new DatabaseSync(pathToFileURL(path), { readOnly: true });
  reader.exec('BEGIN');
  scalar(reader, 'SELECT count(*) FROM sqlite_schema');
  return reader;
}
