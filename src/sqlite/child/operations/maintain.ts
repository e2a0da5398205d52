// Work that leaves the content as it is: checkpoint, statistics, indexes, VACUUM, settings of the file.

import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatSize } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import { isNextChange } from '../../commit-mark.ts';
import { assertSameFile, type Connection, readDataVersion, scalar } from '../connection.ts';
import { giveBackExclusive, takeExclusive } from '../exclusive.ts';
import type { Work } from '../work.ts';

export function checkpoint({ connection }: Work): {
  walBytesBefore: number;
  walBytesAfter: number;
  isComplete: boolean;
} {
  assertSameFile(connection);
  const walBytesBefore = walBytes(connection);
  const isComplete = truncateWal(connection);
  return { walBytesBefore, walBytesAfter: walBytes(connection), isComplete };
}

/** PASSIVE: waits for nobody, and leaves the -wal as it is, by which the last commit is known. */
export function bringHome({ connection }: Work): Record<never, never> {
  return run(connection, 'PRAGMA wal_checkpoint(PASSIVE)');
}

export function analyze({ connection }: Work): Record<never, never> {
  return run(connection, 'ANALYZE');
}

export function optimize({ connection }: Work): Record<never, never> {
  // 0x10002: all tables, with the limits of analysis that keep it short on large ones.
  return run(connection, 'PRAGMA optimize(0x10002)');
}

export function reindex({ connection }: Work): Record<never, never> {
  return run(connection, 'REINDEX');
}

export function vacuum({ connection }: Work): { sizeBefore: number; sizeAfter: number } {
  assertSameFile(connection);
  assertRoom(connection);
  const sizeBefore = statSync(connection.path).size;
  connection.db.exec('VACUUM');
  truncateWal(connection);
  return { sizeBefore, sizeAfter: statSync(connection.path).size };
}

export async function configure(
  work: Work,
  args: {
    readonly journalMode?: string | undefined;
    readonly autoVacuum?: string | undefined;
    readonly pageSize?: number | undefined;
  },
): Promise<Record<never, never>> {
  const { connection } = work;
  assertSameFile(connection);
  const { db } = connection;
  const before = String(scalar(db, 'PRAGMA journal_mode'));
  const wanted = args.journalMode?.toLowerCase() ?? before;
  const autoVacuum =
    args.autoVacuum === undefined ? undefined : autoVacuumModes.indexOf(args.autoVacuum.toLowerCase());
  const needsPageSize =
    args.pageSize !== undefined && args.pageSize !== Number(scalar(db, 'PRAGMA page_size'));
  const needsAutoVacuum = autoVacuum !== undefined && autoVacuum !== Number(scalar(db, 'PRAGMA auto_vacuum'));
  if (needsPageSize && !isPageSize(args.pageSize ?? 0))
    throw new Failure(
      'target/setting-refused',
      `page size ${args.pageSize} is not a power of two from 512 to 65536`,
      {
        state: 'nothing was changed',
      },
    );
  if (needsPageSize || needsAutoVacuum) {
    assertRoom(connection);
    try {
      // The page size of a file in WAL mode cannot change.
      if (needsPageSize && before === 'wal') setJournalMode(connection, 'delete');
      // Both: a connection remembers what an earlier call asked for, and the next VACUUM would set it again.
      const pageSize = needsPageSize ? Number(args.pageSize) : scalar(db, 'PRAGMA page_size');
      const vacuumMode = needsAutoVacuum ? autoVacuum : scalar(db, 'PRAGMA auto_vacuum');
      db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA auto_vacuum = ${vacuumMode}`);
      await rewrite(work);
    } catch (error) {
      // What failed must not leave a database that others use in another mode.
      if (String(scalar(db, 'PRAGMA journal_mode')) !== before) setJournalMode(connection, before);
      throw error;
    }
    truncateWal(connection);
    if (needsPageSize) readBack(connection, 'page_size', Number(args.pageSize));
    if (needsAutoVacuum) readBack(connection, 'auto_vacuum', autoVacuum);
  }
  if (String(scalar(db, 'PRAGMA journal_mode')) !== wanted) setJournalMode(connection, wanted);
  return {};
}

/**
 * SQLite counts a VACUUM that changes the page size as another's write. It is ours alone when the change counter has moved
 * by one: a commit of others in between would have moved it too.
 */
async function rewrite({ connection, readMark }: Work): Promise<void> {
  const { db } = connection;
  // Order: mark, version, VACUUM, version, mark.
  const mark = await readMark();
  const version = readDataVersion(db);
  db.exec('VACUUM');
  const now = readDataVersion(db);
  if (now !== version && isNextChange(mark, await readMark())) passForOurs(connection, version, now);
}

/** What this connection knew at `version` it knows now. */
function passForOurs(connection: Connection, version: number, now: number): void {
  if (connection.dataVersion === version) connection.dataVersion = now;
  if (connection.copiedVersion === version) connection.copiedVersion = now;
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && Number.isInteger(Math.log2(bytes));
}

const autoVacuumModes = ['none', 'full', 'incremental'];
const journalModes = ['delete', 'truncate', 'persist', 'wal'];

function setJournalMode(connection: Connection, mode: string): void {
  const { db, isExclusive } = connection;
  if (!journalModes.includes(mode))
    throw new Failure(
      'target/setting-refused',
      `journal mode \`${mode}\` is not one of ${journalModes.join(', ')}`,
      {
        state: 'the journal mode was not changed',
      },
    );
  // SQLite could not give back a file that entered WAL mode under exclusive locking.
  if (isExclusive) giveBackExclusive(connection);
  const version = readDataVersion(db);
  // Order: run to its end, then read. The row that SQLite answers with comes before it has committed the change.
  db.exec(`PRAGMA journal_mode = ${mode}`);
  connection.log = undefined;
  const now = String(scalar(db, 'PRAGMA journal_mode'));
  // SQLite counts its own change of the mode as another's write; nobody else can write during it.
  passForOurs(connection, version, readDataVersion(db));
  if (isExclusive) takeExclusive(connection);
  if (now !== mode)
    throw new Failure(
      'target/setting-refused',
      `SQLite kept journal mode \`${now}\`, asked for \`${mode}\``,
      {
        state: 'the content is unchanged',
        fix: 'close every other program that has the database open, then run again',
      },
    );
}

function readBack({ db }: Connection, pragma: string, wanted: number): void {
  const now = Number(scalar(db, `PRAGMA ${pragma}`));
  if (now !== wanted)
    throw new Failure('target/setting-refused', `SQLite kept ${pragma} ${now}, asked for ${wanted}`, {
      state: 'the content is unchanged',
    });
}

function run(connection: Connection, sql: string): Record<never, never> {
  assertSameFile(connection);
  connection.db.exec(sql);
  return {};
}

function walBytes({ path }: Connection): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** True when everything is in the main file and the WAL is empty. Waits for readers as long as the busy timeout. */
function truncateWal({ db }: Connection): boolean {
  return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
}

/** VACUUM writes the live content twice: once beside SQLite's temporary files, once into the WAL or the journal. */
function assertRoom({ db, path }: Connection): void {
  const pageSize = Number(scalar(db, 'PRAGMA page_size'));
  const pages = Number(scalar(db, 'PRAGMA page_count'));
  const live = (pages - Number(scalar(db, 'PRAGMA freelist_count'))) * pageSize;
  const folder = dirname(path);
  const scratch = process.env.SQLITE_TMPDIR ?? folder;
  const isShared = statSync(folder).dev === statSync(scratch).dev;
  const margin = 1.1;
  for (const [place, bytes] of [
    [folder, isShared ? live * 2 : pages * pageSize],
    [scratch, live],
  ] as const) {
    const { bavail, bsize } = statfsSync(place);
    const [need, room] = [Math.ceil(bytes * margin), bavail * bsize];
    if (room < need)
      throw new Failure(
        'target/no-room',
        `VACUUM needs ${formatSize(need)} in \`${place}\`, ${formatSize(room)} are free`,
        { state: 'nothing was changed', fix: 'free some room, then run again' },
      );
  }
}
