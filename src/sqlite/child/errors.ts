// Turns what SQLite throws into failures with a code, a state and a fix. The primary result code decides;
// the text of SQLite is only quoted, because it can be `not an error`.

import { type Code, Failure, systemFailure } from '../../diagnostic/index.ts';
import { describeHolders } from './lock-holders.ts';

interface SqliteError extends Error {
  readonly code: string;
  readonly errcode?: number;
  readonly errstr?: string;
}

const rolledBack = 'nothing of this transaction was committed';

/** A failure stays as it is; a defect becomes `internal/defect` with its stack. */
export function asFailure(
  thrown: unknown,
  at?: { readonly path: string; readonly busyTimeoutMs: number },
): Failure & Error {
  const error = systemFailure(thrown);
  if (error instanceof Failure) return error;
  if (isSqliteError(error)) return sqliteFailure(error, at);
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const failure = new Failure('internal/defect', message, { cause: error });
  if (stack) failure.stack = stack;
  return failure;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && (error as SqliteError).code === 'ERR_SQLITE_ERROR';
}

export function sqliteFailure(
  error: SqliteError,
  at: { readonly path: string; readonly busyTimeoutMs: number } | undefined,
): Failure {
  const said = saying(error);
  const name = at ? `\`${at.path}\`` : 'the database';
  const make = (code: Code, message: string, state: string, fix: string): Failure =>
    new Failure(code, message, { state, fix, cause: error, details: { sqlite: error.errcode ?? 0 } });
  const extended = error.errcode ?? 0;
  switch (extended & 0xff) {
    case 5:
    case 6: {
      const who = at ? describeHolders(at.path) : undefined;
      return make(
        'target/locked',
        `${name} is locked${who ? ` by ${who}` : ' by another process'}; waited ${(at?.busyTimeoutMs ?? 0) / 1000} s`,
        rolledBack,
        'wait for the other process or stop it, then run again; `--lock-wait 5m` waits longer',
      );
    }
    case 8:
      if (extended === 776)
        return make(
          'target/needs-recovery',
          `${name} has a hot journal: a writer died in the middle of a transaction`,
          'nothing was changed',
          'open the database once for writing (`sqlite3 FILE .tables`) so that SQLite rolls it back',
        );
      if (extended === 1032)
        return make(
          'target/replaced',
          `${name} was moved or replaced while it was open`,
          rolledBack,
          'find the program that replaces the file, then run again',
        );
      return make(
        'target/read-only',
        `${name} cannot be written: the file, its folder or the file system is read-only for this user`,
        rolledBack,
        'run as the owner of the file, or correct the permissions',
      );
    case 10:
      return make(
        'target/io-error',
        `the operating system failed to read or write ${name}: ${said}`,
        rolledBack,
        'look at the disk (`dmesg`), then check the database: `belay status --check`',
      );
    case 11:
      return make(
        'target/corrupt',
        `${name} is damaged: ${said}`,
        rolledBack,
        'find a good backup: `belay backup find`',
      );
    case 13:
      return make(
        'target/disk-full',
        `there is no room left for ${name} or the temporary files of SQLite`,
        rolledBack,
        'free some room, then run again',
      );
    case 14:
      return make(
        'target/unreadable',
        `${name} or a file beside it cannot be opened`,
        'nothing was changed',
        'check the permissions of the file, its -wal and -shm, and its folder',
      );
    case 19:
      return make('sqlite/constraint', said, rolledBack, 'correct the statement or the data, then run again');
    case 26:
      return make(
        'target/not-a-database',
        `${name} is not a SQLite database, or is encrypted`,
        'nothing was changed',
        'check the path of the target',
      );
    default:
      return make('sqlite/syntax', `SQLite says: ${said}`, rolledBack, 'correct the SQL of the step');
  }
}

function saying(error: SqliteError): string {
  const said = error.message === 'not an error' ? (error.errstr ?? '') : error.message;
  return said === '' || said === 'not an error' ? `result code ${error.errcode ?? 'unknown'}` : said;
}
