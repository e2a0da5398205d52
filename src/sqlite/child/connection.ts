// Opens the one database of this process, and holds what belongs to it: the lease, the guard, the first data version.
// Never opens the file through `fs`: closing any descriptor of it would drop SQLite's locks.

import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../diagnostic/index.ts';
import type { OpenArgs } from '../protocol.ts';
import { asFailure } from './errors.ts';
import { createGuard, type Guard } from './guard.ts';
import { holdLease } from './lease.ts';

export interface Connection {
  readonly target: string;
  readonly path: string;
  readonly mode: OpenArgs['mode'];
  readonly busyTimeoutMs: number;
  readonly db: DatabaseSync;
  readonly guard: Guard;
  readonly lease: DatabaseSync | undefined;
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
    };
    assertSameFile(connection, args.identity);
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = FILE;');
    // The first read: finds what is not a database, what is locked, and what cannot be recovered.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    if (args.mode === 'write') db.exec('PRAGMA synchronous = FULL');
    connection.dataVersion = args.isReopened ? undefined : readDataVersion(db);
    return connection;
  } catch (error) {
    // Before the close, while who has it locked can be named.
    const failure = asFailure(error, args);
    db?.close();
    lease?.close();
    throw failure;
  }
}

export function closeConnection(connection: Connection): void {
  connection.db.close();
  connection.lease?.close();
}

/** Fails when another file lies at the path than the one that is open. `stat` opens nothing. */
export function assertSameFile(
  connection: Connection,
  expected: { readonly device: string; readonly inode: string } = connection,
): void {
  const now = statSync(connection.path, { bigint: true, throwIfNoEntry: false });
  if (now?.dev.toString() === expected.device && now.ino.toString() === expected.inode) return;
  throw new Failure(
    'target/replaced',
    now
      ? `another file was put in the place of \`${connection.path}\` while it was in use`
      : `\`${connection.path}\` was removed or renamed while it was in use`,
    {
      state: 'nothing was committed to either file by this statement',
      fix: 'find the program that replaces the file, then run again',
    },
  );
}

export function readDataVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA data_version').get()?.data_version);
}

/** One value of a statement that gives one row, such as most PRAGMAs. */
export function scalar(db: DatabaseSync, sql: string): string | number {
  const value = Object.values(db.prepare(sql).get() ?? {})[0];
  return typeof value === 'string' || typeof value === 'number' ? value : '';
}
