// What SQLite and the file system say when a copy goes wrong, as a failure with a code.

import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../../diagnostic/index.ts';

const states = {
  snapshot: 'no copy was kept; the database was only read',
  restore: 'SQLite takes back what it had written; whether the database was changed, its content says',
} as const;

/**
 * `path` is what was written to, `needBytes` how much. A `Failure` goes through unchanged.
 *
 * A backup that stops half-way rejects with "not an error": SQLite keeps the reason to itself. Locks are then for the caller
 * to ask about; a full disk is recognised by what is free.
 */
export function copyFailure(
  error: unknown,
  work: keyof typeof states,
  path: string,
  needBytes: number,
): Failure {
  if (error instanceof Failure) return error;
  const state = states[work];
  const told = describe(error);
  const errcode = isFull(error, path, needBytes) ? 13 : told.errcode;
  const { code } = told;
  const message = isUnexplained(error) ? 'SQLite stopped copying and does not say why' : told.message;
  // Primary result codes; the extended ones keep them in their low byte.
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  if (primary === 13 || code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new Failure('store/no-room', `the disk is full at \`${path}\``, {
      state,
      fix: 'make room, then try again',
      cause: error,
    });
  if (primary === 5 || primary === 6) {
    return work === 'snapshot'
      ? new Failure('backup/source-locked', 'another process holds a lock on the database', {
          state,
          fix: 'end the transaction that holds it, or wait and try again',
          cause: error,
        })
      : restoreBusy(path, error);
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || primary === 8 || primary === 14)
    return new Failure(
      work === 'snapshot' ? 'store/unwritable' : 'backup/restore-failed',
      `\`${path}\` cannot be written: ${message}`,
      {
        state,
        cause: error,
      },
    );
  return new Failure(work === 'snapshot' ? 'backup/snapshot-failed' : 'backup/restore-failed', message, {
    state,
    cause: error,
  });
}

export function restoreBusy(path: string, cause?: unknown): Failure {
  return new Failure(
    'backup/restore-busy',
    `others hold a lock on \`${path}\`, or write to it without a pause`,
    {
      state: 'the database was not changed',
      fix: 'end the transaction that holds it, or stop the application, then try again',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** True for SQLite's "not an error". */
export function isUnexplained(error: unknown): boolean {
  return describe(error).message === 'not an error';
}

/** SQLite does not say so itself: there is less room than is to be written. */
export function isFull(error: unknown, path: string, needBytes: number): boolean {
  return isUnexplained(error) && freeBytes(path) < needBytes;
}

function freeBytes(path: string): number {
  const found = statfsSync(dirname(path));
  return found.bavail * found.bsize;
}

function describe(error: unknown): { errcode?: number; code?: string; message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const fields = error as Error & { errcode?: unknown; code?: unknown };
  return {
    message: error.message,
    ...(typeof fields.errcode === 'number' ? { errcode: fields.errcode } : {}),
    ...(typeof fields.code === 'string' ? { code: fields.code } : {}),
  };
}
