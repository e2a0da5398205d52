// Opens the one database of this process, and holds what belongs to it: the lease, the guard, the first data version.
// Never opens the file through `fs`: closing any descriptor of it would drop SQLite's locks.

import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../diagnostic/index.ts';
import type { OpenArgs } from '../protocol.ts';
import { asFailure } from './errors.ts';
import { createGuard, type Guard } from './guard.ts';
import { assertLeaseStands, type HeldLease, holdLease } from './lease.ts';

export interface Connection {
  readonly target: string;
  readonly path: string;
  readonly mode: OpenArgs['mode'];
  readonly busyTimeoutMs: number;
  readonly db: DatabaseSync;
  readonly guard: Guard;
  readonly lease: HeldLease | undefined;
  readonly device: string;
  readonly inode: string;
  /** `PRAGMA data_version` after our last transaction; unknown after a lost child. */
  dataVersion: number | undefined;
  /** `PRAGMA data_version` of the state that was last copied. */
  copiedVersion: number | undefined;
  /** What the commit mark said when `dataVersion` was not known. */
  writesBefore: 'proven' | 'unknown';
  /** Nobody else can read or write the file. */
  isExclusive: boolean;
  /** Of the -wal that SQLite has open; undefined when none was seen since the journal mode was last set. */
  log: string | undefined;
}

export function openConnection(args: OpenArgs): Connection {
  // Order: the lease first. A child that no longer has it must not touch the target.
  const lease = args.lease ? holdLease(args.lease, args.target) : undefined;
  let db: DatabaseSync | undefined;
  try {
    const file = statSync(args.path, { bigint: true });
    const [device, inode] = [file.dev.toString(), file.ino.toString()];
    const url = pathToFileURL(args.path);
    if (args.mode === 'immutable') url.search = '?immutable=1';
    db = new DatabaseSync(url, {
      readOnly: args.mode !== 'write',
      timeout: args.busyTimeoutMs,
      enableForeignKeyConstraints: true,
      enableDoubleQuotedStringLiterals: false,
      defensive: true,
    });
    const connection: Connection = {
      target: args.target,
      path: args.path,
      mode: args.mode,
      busyTimeoutMs: args.busyTimeoutMs,
      db,
      guard: createGuard(db),
      lease,
      device,
      inode,
      dataVersion: undefined,
      copiedVersion: undefined,
      writesBefore: 'unknown',
      isExclusive: false,
      log: undefined,
    };
    assertSameFile(connection, args.identity);
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = FILE;');
    // The first read: finds what is not a database, what is locked, and what cannot be recovered.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    if (args.mode === 'write') db.exec('PRAGMA synchronous = FULL');
    // Again, now that SQLite has its -wal.
    assertSameFile(connection, args.identity);
    connection.dataVersion = args.isReopened ? undefined : readDataVersion(db);
    return connection;
  } catch (error) {
    // Before the close, while who has it locked can be named.
    const failure = asFailure(error, args);
    db?.close();
    lease?.db.close();
    throw failure;
  }
}

export function closeConnection(connection: Connection): void {
  connection.db.close();
  connection.lease?.db.close();
}

/**
 * Fails when something else lies at the path than what is open: another file, a file without content, a -wal that is not
 * the one SQLite writes to; and when the lease is no longer this run's. `stat` opens nothing.
 */
export function assertSameFile(
  connection: Connection,
  expected: { readonly device: string; readonly inode: string } = connection,
): void {
  const { path, lease, target } = connection;
  const now = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (now?.dev.toString() !== expected.device || now.ino.toString() !== expected.inode)
    throw replaced(
      now
        ? `another file was put in the place of \`${path}\` while it was in use`
        : `\`${path}\` was removed or renamed while it was in use`,
    );
  if (lease !== undefined) assertLeaseStands(lease, target);
  assertSameContent(connection, now.size);
}

/** Only of a file under a lease: what is not there when it is opened is not missed later. */
function assertSameContent(connection: Connection, size: bigint): void {
  const { path, lease, log } = connection;
  if (lease === undefined) return;
  if (size === 0n) throw replaced(`\`${path}\` was emptied by another program while it was in use`);
  const now = statSync(`${path}-wal`, { bigint: true, throwIfNoEntry: false });
  const found = now && `${now.dev}:${now.ino}`;
  connection.log ??= found;
  if (log !== undefined && found !== log)
    throw replaced(
      `\`${path}-wal\`, which holds what was committed last, was ${found ? 'replaced' : 'removed'} while it was in use`,
    );
}

function replaced(message: string): Failure {
  return new Failure('target/replaced', message, {
    state: 'nothing was committed to either file by this statement',
    fix: 'find the program that replaces the file, then run again',
  });
}

export function readDataVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA data_version').get()?.data_version);
}

/** What is read next comes from the file, not from what this connection remembers of it. */
export function forgetPages(db: DatabaseSync): void {
  db.exec('PRAGMA shrink_memory');
}

/** One value of a statement that gives one row, such as most PRAGMAs. */
export function scalar(db: DatabaseSync, sql: string): string | number {
  const value = Object.values(db.prepare(sql).get() ?? {})[0];
  return typeof value === 'string' || typeof value === 'number' ? value : '';
}
