// What SQLite's errors mean for the journal, in words for a person. A full disk gives the ballast back here, so that the
// failure itself can still be recorded.

import { Failure } from '../diagnostic/index.ts';
import { isBusy, sqliteCode } from '../sqlite/index.ts';
import { hasRoom, releaseBallast } from './state-folder.ts';

/** Anything that is not SQLite's comes back as it is. */
export function writeFailure(path: string, error: unknown, stateFolder: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (isBusy(error))
    return new Failure('journal/busy', `another process keeps the journal \`${path}\` locked`, {
      state: 'the event has not been recorded, and nothing has been done that it announces',
      cause: error,
    });
  if (code === 'SQLITE_NOTADB') return notADatabase(path, error);
  if (code.startsWith('SQLITE_CORRUPT')) return corrupt(path, error);
  // On a full disk SQLite says FULL for the database and its log, and an I/O error for the index of the log.
  const mayBeFull = code === 'SQLITE_IOERR_SHMSIZE' || code === 'SQLITE_IOERR_WRITE';
  const isFull = code === 'SQLITE_FULL' || (mayBeFull && !hasRoom(stateFolder));
  if (isFull) releaseBallast(stateFolder);
  const reason = isFull
    ? 'the disk is full'
    : code.startsWith('SQLITE_READONLY')
      ? 'it is read-only'
      : code.startsWith('SQLITE_CANTOPEN')
        ? 'this user may not write there, or the file system is read-only'
        : String((error as Error).message);
  return new Failure('journal/write-failed', `the journal \`${path}\` cannot be written: ${reason}`, {
    state: 'the event has not been recorded, and nothing has been done that it announces',
    fix: isFull ? `free some space on the disk of \`${stateFolder}\`` : `make \`${stateFolder}\` writable`,
    cause: error,
  });
}

/** Nothing of this process can bring it back: what it has open has no name, or another. */
export function gone(path: string): Failure {
  return new Failure(
    'journal/gone',
    `the journal \`${path}\` was removed, moved or replaced while it was in use`,
    {
      state: 'the event has not been recorded, and nothing has been done that it announces',
      fix: 'put the state folder back where it was; what the run did before is recorded there',
    },
  );
}

/** Anything that is not SQLite's comes back as it is. */
export function readFailure(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (code === 'SQLITE_NOTADB') return notADatabase(path, error);
  if (code.startsWith('SQLITE_CORRUPT')) return corrupt(path, error);
  return new Failure(
    'journal/unreadable',
    `the journal \`${path}\` cannot be read: ${String((error as Error).message)}`,
    {
      cause: error,
    },
  );
}

function notADatabase(path: string, cause: unknown): Failure {
  return new Failure('journal/not-a-journal', `\`${path}\` is not a database`, {
    state: 'it has not been changed',
    fix: 'name another state folder with `--state`',
    cause,
  });
}

function corrupt(path: string, cause: unknown): Failure {
  return new Failure(
    'journal/corrupt',
    `the journal \`${path}\` is damaged: ${String((cause as Error).message)}`,
    {
      fix: `keep a copy of the folder, then start with another one (\`--state\`)`,
      cause,
    },
  );
}
