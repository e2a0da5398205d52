// Opens the journal of a state folder. Owns journal.db: every event in it is durable when `append` returns, numbered
// without gaps over all runs and processes, and chained. Never changes or removes an event.

import { statSync } from 'node:fs';
import type { Clock } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { type OwnDatabase, openOwnDatabase } from '../sqlite/index.ts';
import { auditJournal } from './audit.ts';
import { emptyJournal } from './empty-journal.ts';
import type { JournalEvent, StoredEvent } from './event.ts';
import {
  applicationId,
  canonicalJson,
  type EventRow,
  eventHash,
  genesisHash,
  schemaSql,
  schemaVersion,
} from './format.ts';
import type { Journal } from './journal.ts';
import { gone, readFailure, writeFailure } from './journal-failure.ts';
import { type OpenForReading, openForReading } from './open-for-reading.ts';
import { type IndexedRun, readWhole, storedEvent } from './read-whole.ts';
import { replay } from './replay.ts';
import { findRunIds, resolveRunId, updateRunIndex } from './run-index.ts';
import { createStateFolder, ensureBallast, hasStateFolder, journalPath } from './state-folder.ts';
import { wasTurnedAway } from './turned-away.ts';

export interface JournalOptions {
  readonly clock: Clock;
  /** Writes nothing and creates nothing; a state folder that is not there reads as one without runs. */
  readonly readOnly?: boolean;
  /** How long an append waits for other writers. Default: 5 seconds. */
  readonly busyTimeoutMs?: number;
}

/**
 * Fails with `journal/write-failed` or `journal/unreadable` (the folder), `journal/newer-format`,
 * `journal/not-a-journal` (the file), `journal/busy`.
 */
export function openJournal(stateFolder: string, options: JournalOptions): Journal {
  const path = journalPath(stateFolder);
  if (options.readOnly) {
    if (!hasJournal(stateFolder)) return emptyJournal;
    let reading: OpenForReading | undefined;
    try {
      reading = openForReading(path);
      if (checkFormat(reading.database, path))
        return journalOn(reading.database, reading.close, options.clock, stateFolder);
      // A file without content is what a crash at the very first opening leaves.
      reading.close();
      return emptyJournal;
    } catch (error) {
      reading?.close();
      throw readFailure(path, error);
    }
  }
  createStateFolder(stateFolder);
  ensureBallast(stateFolder);
  let database: OwnDatabase | undefined;
  try {
    const { busyTimeoutMs = 5000 } = options;
    database = openOwnDatabase(path, { journalMode: 'wal', busyTimeoutMs });
    const opened = database;
    // Bounds the log, so that a full disk is met while the ballast still helps.
    opened.pragma('wal_autocheckpoint = 200');
    if (!checkFormat(opened, path))
      opened.transaction(() => checkFormat(opened, path) || opened.exec(schemaSql)).immediate();
    return journalOn(opened, () => opened.close(), options.clock, stateFolder);
  } catch (error) {
    database?.close();
    throw writeFailure(path, error, stateFolder);
  }
}

/** False when the file is still empty. */
function checkFormat(database: OwnDatabase, path: string): boolean {
  const isEmpty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  const found = database.pragma('application_id', { simple: true });
  if (isEmpty && found === 0) return false;
  if (found !== applicationId)
    throw new Failure('journal/not-a-journal', `\`${path}\` is a database of another program`, {
      state: 'it has not been changed',
      fix: 'name another state folder with `--state`',
    });
  const version = database.prepare<[], number>('SELECT schema_version FROM meta').pluck().get();
  if (typeof version !== 'number' || version > schemaVersion)
    throw new Failure(
      'journal/newer-format',
      `\`${path}\` has format ${version}; this version of Belay knows formats up to ${schemaVersion}`,
      { state: 'it has not been changed', fix: 'use the newer version of Belay, or another state folder' },
    );
  return true;
}

function journalOn(database: OwnDatabase, close: () => void, clock: Clock, stateFolder: string): Journal {
  const path = journalPath(stateFolder);
  const selectHead = database.prepare<[], { sequence: number; hash: string }>(
    'SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1',
  );
  const selectEvents = database.prepare<[string], EventRow>(
    'SELECT sequence, run_id, at, body, hash FROM events WHERE run_id = ? ORDER BY sequence',
  );
  const insertEvent = database.prepare<[number, string, string, string, string]>(
    'INSERT INTO events(sequence, run_id, at, body, hash) VALUES (?, ?, ?, ?, ?)',
  );
  const insertBlob = database.prepare<[string, Uint8Array]>(
    'INSERT OR IGNORE INTO blobs(sha256, bytes) VALUES (?, ?)',
  );
  // The newest that was not turned away at once; when all were, the newest.
  const lastStarted = (): string | undefined =>
    ids({ limit: 20 }).find((id) => {
      const view = look(id);
      return view !== undefined && !wasTurnedAway(view);
    });
  const head = () => selectHead.get() ?? { sequence: 0, hash: genesisHash };

  const file = fileAt(path);
  const write = database.transaction(
    (runId: string, event: JournalEvent, blob: { sha256: string; bytes: Uint8Array } | undefined) => {
      if (blob) insertBlob.run(blob.sha256, blob.bytes);
      const last = head();
      const row = {
        sequence: last.sequence + 1,
        run_id: runId,
        at: clock.now().toISOString(),
        body: canonicalJson(event),
      };
      const hash = eventHash(last.hash, row);
      insertEvent.run(row.sequence, runId, row.at, row.body, hash);
      const stored: StoredEvent = { sequence: row.sequence, runId, at: row.at, event, hash };
      updateRunIndex(database, stored);
      return stored;
    },
  );
  const append = (runId: string, event: JournalEvent, blob?: { sha256: string; bytes: Uint8Array }) => {
    if (!/^[\w.-]+$/.test(runId)) throw new Error(`not the id of a run: ${runId}`);
    // SQLite would go on writing to a file that has no name any more, where nobody finds it.
    if (fileAt(path) !== file) throw gone(path);
    try {
      return write.immediate(runId, event, blob);
    } catch (error) {
      throw writeFailure(path, error, stateFolder);
    }
  };
  const read = <T>(query: () => T): T => {
    try {
      return query();
    } catch (error) {
      throw readFailure(path, error);
    }
  };
  const events = (runId: string) => read(() => selectEvents.all(runId)).map(storedEvent);
  const look = (runId: string) =>
    read(() => {
      const indexed = database
        .prepare<[string], IndexedRun>(
          'SELECT runbook, state, started_at AS startedAt FROM runs WHERE run_id = ?',
        )
        .get(runId);
      return indexed && readWhole(runId, selectEvents.all(runId), indexed);
    });
  const ids = (query = {}) => read(() => findRunIds(database, query));

  return {
    append: (runId, event) => append(runId, event),
    appendWithBlob: (runId, event, blob) => append(runId, event, blob),
    readBlob: (hash) =>
      read(() =>
        database.prepare<[string], Uint8Array>('SELECT bytes FROM blobs WHERE sha256 = ?').pluck().get(hash),
      ),
    events,
    runs: (query) => ids(query).flatMap((id) => look(id) ?? []),
    unfinished: () => ids({ unfinished: true }).flatMap((id) => look(id) ?? []),
    look,
    run: (runId) => {
      const found = events(runId);
      return found.length > 0 ? replay(found) : undefined;
    },
    resolveRunId: (text) => resolveRunId(ids(), text === 'last' ? (lastStarted() ?? text) : text),
    head,
    audit: (expectedHead) => read(() => auditJournal(database, expectedHead)),
    [Symbol.dispose]: close,
  };
}

/** Fails with `journal/unreadable` when this user may not even see whether there is one: that is no empty journal. */
function hasJournal(stateFolder: string): boolean {
  try {
    return (
      hasStateFolder(stateFolder) &&
      statSync(journalPath(stateFolder), { throwIfNoEntry: false }) !== undefined
    );
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(
      'journal/unreadable',
      `this user may not look into the state folder \`${stateFolder}\``,
      {
        state: 'nothing was changed',
        fix: 'run this as its owner, or name another folder with `--state`',
        cause,
      },
    );
  }
}

function fileAt(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
