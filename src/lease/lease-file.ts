// The file of a lease, `<real path>.belay-lock`: a SQLite file in rollback-journal mode with one row.
// Opened by better-sqlite3 only and never through `fs`: closing any descriptor of it would drop this process's lock.

import { chmodSync, chownSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import { type OwnDatabase, openOwnDatabase, sqliteCode } from '../sqlite/index.ts';
import type { LeaseRow } from './lease.ts';

export function leasePath(realPath: string): string {
  return `${realPath}.belay-lock`;
}

/** `run_id` is null when the lease is free; the token stays, so that it only ever grows. */
export interface StoredRow {
  readonly run_id: string | null;
  readonly token: number;
  readonly state_folder: string | null;
  readonly operator: string | null;
  readonly host: string | null;
  readonly pid: number | null;
  readonly taken_at: string | null;
}

/** No waiting inside SQLite: a waiting writer would keep the children of the holder from sharing the lock. */
const busyTimeoutMs = 0;

/** Opens the file, making it when it is missing, with the owner and mode of the target. A lock shows as `SQLITE_BUSY`. */
export function openLeaseFile(realPath: string): OwnDatabase {
  const path = leasePath(realPath);
  const target = statSync(realPath, { throwIfNoEntry: false });
  if (target?.isFile() && target.nlink > 1)
    throw new Failure('lease/hard-linked-target', `\`${realPath}\` has ${target.nlink} names (hard links)`, {
      state: 'nothing has been changed',
      fix: 'remove the other names, or copy the database to a file of its own',
    });
  if (target?.isFile() && isMountPoint(realPath))
    throw new Failure(
      'lease/hard-linked-target',
      `\`${realPath}\` is a file that is mounted by itself, so that it has another name elsewhere`,
      {
        state: 'nothing has been changed',
        fix: 'mount the folder that the database lies in: its -wal and -journal must lie beside it for everybody who uses it',
      },
    );
  const isNew = !leaseFileExists(path);
  try {
    const database = openOwnDatabase(path, { journalMode: 'delete', busyTimeoutMs });
    if (isNew && target) {
      // By path, not by descriptor. A race with another maker sets the same owner and mode twice.
      giveToOwner(path, target);
      chmodSync(path, (target.mode & 0o666) | 0o600);
    }
    return database;
  } catch (error) {
    throw leaseFailure(path, error);
  }
}

/** Where the system does not say, it is taken for none. */
function isMountPoint(realPath: string): boolean {
  let mounts: string;
  try {
    mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return false;
  }
  const unescaped = (text: string): string =>
    text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  // Bytes, because the kernel escapes bytes: a name in UTF-8 is compared as such.
  const wanted = Buffer.from(realPath).toString('latin1');
  return Buffer.from(mounts)
    .toString('latin1')
    .split('\n')
    .some((line) => unescaped(line.split(' ')[4] ?? '') === wanted);
}

/** Only root gives files away; anybody else shares it at least with the group of the target, when that is theirs. */
function giveToOwner(path: string, target: { readonly uid: number; readonly gid: number }): void {
  const self = process.geteuid?.();
  if (self === undefined || target.uid === self) return;
  for (const uid of [target.uid, self]) {
    try {
      chownSync(path, uid, target.gid);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    }
  }
}

/** Opens an existing file; undefined when there is none. Creates nothing. A lock shows as `SQLITE_BUSY`. */
export function openExistingLeaseFile(realPath: string, readOnly: boolean): OwnDatabase | undefined {
  const path = leasePath(realPath);
  if (!leaseFileExists(path)) return undefined;
  try {
    return openOwnDatabase(path, { journalMode: 'delete', busyTimeoutMs, readOnly, mustExist: true });
  } catch (error) {
    throw leaseFailure(path, error);
  }
}

// A link would let whoever may write in the folder choose which file is opened.
function leaseFileExists(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw notALease(path);
  return stat !== undefined;
}

/** Ends an open transaction. What a failing disk does not let SQLite roll back now, the next to open the file does. */
export function giveUp(database: OwnDatabase): void {
  try {
    if (database.inTransaction) database.exec('ROLLBACK');
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
  }
}

/** The row; undefined in a file that was never written. The caller holds a transaction, or accepts a moment's view. */
export function readRow(database: OwnDatabase, path: string): StoredRow | undefined {
  try {
    const tables = database.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all();
    if (tables.length === 0) return undefined;
    if (tables.length > 1 || tables[0] !== 'lease') throw notALease(path);
    return database
      .prepare<[], StoredRow>('SELECT run_id, token, state_folder, operator, host, pid, taken_at FROM lease')
      .get();
  } catch (error) {
    throw leaseFailure(path, error);
  }
}

export function claimedRow(row: StoredRow | undefined): LeaseRow | undefined {
  if (!row || row.run_id === null) return undefined;
  return {
    runId: row.run_id,
    token: row.token,
    stateFolder: row.state_folder ?? '',
    operator: row.operator ?? '',
    host: row.host ?? '',
    pid: row.pid ?? 0,
    takenAt: row.taken_at ?? '',
  };
}

/** What an error of SQLite means for a lease; anything else, and a lock that is taken, as it is. */
export function leaseFailure(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  const system = (error as NodeJS.ErrnoException).code;
  if (code?.startsWith('SQLITE_BUSY')) return error;
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_ERROR') return notALease(path, error);
  if (code?.startsWith('SQLITE_IOERR_LOCK') || code === 'SQLITE_PROTOCOL' || code === 'SQLITE_NOLFS')
    return locksDoNotWork(path, error);
  const isUnwritable =
    code?.startsWith('SQLITE_CANTOPEN') ||
    code?.startsWith('SQLITE_READONLY') ||
    code === 'SQLITE_FULL' ||
    code?.startsWith('SQLITE_IOERR') ||
    ['EACCES', 'EDQUOT', 'EIO', 'ENOSPC', 'EPERM', 'EROFS'].includes(system ?? '') ||
    (error instanceof TypeError && /directory does not exist/.test(error.message));
  if (!isUnwritable) return error;
  const isFull = code === 'SQLITE_FULL' || system === 'ENOSPC';
  const isFailing = code?.startsWith('SQLITE_IOERR') || system === 'EIO';
  const reason = isFull
    ? 'the disk is full'
    : isFailing
      ? `the disk reports an error (${error instanceof Error ? error.message : String(error)})`
      : 'its folder is missing or not writable for this user';
  return new Failure('lease/unwritable-folder', `the lease \`${path}\` cannot be made: ${reason}`, {
    state: 'nothing has been changed',
    fix: isFull
      ? `make some room in \`${dirname(path)}\``
      : isFailing
        ? 'look at the disk (`dmesg`) before anything else'
        : 'run as a user who may write in the folder of the target',
    cause: error,
  });
}

export function locksDoNotWork(path: string, cause?: unknown): Failure {
  return new Failure('lease/locks-do-not-work', `file locks on \`${path}\` do not keep other processes out`, {
    state: 'nothing has been changed',
    fix: 'move the database to a local file system',
    cause,
  });
}

function notALease(path: string, cause?: unknown): Failure {
  return new Failure('lease/not-a-lease', `\`${path}\` is not a lease file of Belay`, {
    state: 'it has not been changed',
    fix: 'move that file away',
    cause,
  });
}
