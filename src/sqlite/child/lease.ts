// Holds the run's lease for as long as this process lives, and proves that it is still this run's.

import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../diagnostic/index.ts';

/** `file`: what lay at `path` when it was opened; the lock is on that file, not on its name. */
export interface HeldLease {
  readonly path: string;
  readonly file: string | undefined;
  readonly db: DatabaseSync;
}

/**
 * Takes SHARED on the lease file by a read transaction that stays open, then compares the token.
 *
 * Invariant: while this process can write to the target, nobody can get EXCLUSIVE on the lease.
 */
export function holdLease(
  lease: { readonly path: string; readonly token: number },
  target: string,
): HeldLease {
  const file = fileAt(lease.path);
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
  if (token === lease.token) return { path: lease.path, file, db };
  db.close();
  throw lost(
    `the lease of target \`${target}\` holds token ${token ?? 'none'}, this run was given ${lease.token}`,
  );
}

/** Fails when the lease file is gone, or is another: the next run would make its own, and two would be at work. */
export function assertLeaseStands({ path, file }: HeldLease, target: string): void {
  if (fileAt(path) === file) return;
  throw lost(
    `the lease file \`${path}\` of target \`${target}\` was removed or replaced, so another run may be at work`,
    undefined,
    'nothing was committed by this statement',
  );
}

/** `stat` opens nothing: closing a descriptor would drop the lock. */
function fileAt(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

function lost(message: string, cause?: unknown, state = 'the target was not opened'): Failure {
  return new Failure('target/lease-lost', message, {
    state,
    fix: 'see who works on the target: `belay status`',
    cause,
  });
}
