// Opens journal.db without changing anything in the state folder, in each of the states that it can be in.

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OwnDatabase, openOwnDatabase, sqliteCode } from '../sqlite/index.ts';

export interface OpenForReading {
  readonly database: OwnDatabase;
  close(): void;
}

/** Fails with SQLite's own error. */
export function openForReading(path: string): OpenForReading {
  try {
    return withClose(openInPlace(path));
  } catch (error) {
    const code = sqliteCode(error);
    if (!code?.startsWith('SQLITE_CANTOPEN') && !code?.startsWith('SQLITE_READONLY')) throw error;
    return openCopy(path, error);
  }
}

// Crash: a log that a crash left is read where it lies; without one SQLite would leave an empty one behind a
// read-only connection, so the file is opened as a writer that may not write, which cleans up after itself.
function openInPlace(path: string): OwnDatabase {
  const hasLog = existsSync(`${path}-wal`);
  const database = openOwnDatabase(path, { journalMode: 'wal', readOnly: hasLog, mustExist: true });
  try {
    if (!hasLog) database.pragma('query_only = ON');
    // The first read is what needs the files beside it.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

// SQLite cannot read a write-ahead-log database in a folder that cannot be written. Nobody writes there, so a copy is
// the same; and this process has no lock on the file that reading it through `fs` could drop.
function openCopy(path: string, cause: unknown): OpenForReading {
  const folder = mkdtempSync(join(tmpdir(), 'belay-journal-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'journal.db');
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    return withClose(openInPlace(copy), remove);
  } catch (error) {
    remove();
    throw sqliteCode(error) === undefined ? cause : error;
  }
}

function withClose(database: OwnDatabase, after?: () => void): OpenForReading {
  return {
    database,
    close() {
      database.close();
      after?.();
    },
  };
}
