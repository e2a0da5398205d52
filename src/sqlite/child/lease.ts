// Holds the run's lease for as long as this process lives, and proves that it is still this run's.

import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../diagnostic/index.ts';

/**
 * Takes SHARED on the lease file by a read transaction that stays open, then compares the token.
 *
 * Invariant: while this process can write to the target, nobody can get EXCLUSIVE on the lease.
 */
export function holdLease(
  lease: { readonly path: string; readonly token: number },
  target: string,
): DatabaseSync {
  let db: DatabaseSync | undefined;
  let token: unknown;
  try {
    db = new DatabaseSync(pathToFileURL(lease.path), { readOnly: true, timeout: 1000 });
    db.exec('BEGIN');
    token = db.prepare('SELECT token FROM lease WHERE id = 1').get()?.token;
  } catch (cause) {
    db?.close();
    throw lost(`the lease of target \`${target}\` cannot be read: ${(cause as Error).message}`, cause);
  }
  if (token === lease.token) return db;
  db.close();
  throw lost(
    `the lease of target \`${target}\` holds token ${token ?? 'none'}, this run was given ${lease.token}`,
  );
}

function lost(message: string, cause?: unknown): Failure {
  return new Failure('target/lease-lost', message, {
    state: 'the target was not opened',
    fix: 'see who works on the target: `belay status`',
    cause,
  });
}
