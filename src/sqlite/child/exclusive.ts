// Keeps every other connection away: SQLite's exclusive locking, taken, given back, and given back for one restore.

import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../diagnostic/index.ts';
import { type Connection, readDataVersion, scalar } from './connection.ts';
import { isSqliteError } from './errors.ts';
import { describeHolders } from './lock-holders.ts';

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
    throw writtenBy(path, 'nothing was restored');
  }
  return {
    close,
    check: async () => {
      const isOnly = isWal
        ? before?.startsWith('rest:') === true && commitsIn(`${path}-wal`) === 1
        : isNext(before, await readMark());
      close();
      return isOnly
        ? undefined
        : writtenBy(path, 'the backup was restored over what the other connection wrote');
    },
  };
}

function writtenBy(path: string, state: string): Failure {
  return new Failure(
    'target/written-during-restore',
    `another connection wrote to \`${path}\` at the moment of its restore`,
    {
      state,
      fix: 'find the program that writes; the copy from before the restore is in `belay runs show last`',
    },
  );
}

function stayingReader(path: string): DatabaseSync {
  const reader = new DatabaseSync(pathToFileURL(path), { readOnly: true });
  reader.exec('BEGIN');
  scalar(reader, 'SELECT count(*) FROM sqlite_schema');
  return reader;
}

function isNext(before: string | undefined, now: string | undefined): boolean {
  const counter = (mark: string | undefined): number => Number(mark?.match(/^rollback:(\d+)$/)?.[1]);
  return counter(now) === counter(before) + 1;
}

/** Frames that end a transaction. No lock of SQLite lies on the -wal, so that this process may open it. */
function commitsIn(walPath: string): number {
  const file = openSync(walPath, 'r');
  try {
    const header = Buffer.alloc(32);
    if (readSync(file, header, 0, 32, 0) < 32) return 0;
    const frameBytes = header.readUInt32BE(8) + 24;
    const frame = Buffer.alloc(24);
    let commits = 0;
    for (let at = 32; readSync(file, frame, 0, 24, at) === 24; at += frameBytes) {
      if (!frame.subarray(8, 16).equals(header.subarray(16, 24))) break;
      if (frame.readUInt32BE(4) !== 0) commits++;
    }
    return commits;
  } finally {
    closeSync(file);
  }
}
