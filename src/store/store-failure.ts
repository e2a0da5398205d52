// What the file system says about a store, as a failure with a code.

import { Failure } from '../diagnostic/index.ts';

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const unwritable = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EEXIST',
  'EIO',
  'ESTALE',
  'ENODEV',
  'EBUSY',
]);

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something else is there',
  EFBIG: 'the file would be larger than allowed',
  EIO: 'the disk reports an error',
  ENOENT: 'no such folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'it is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** Failures and errors that are not about files come back unchanged. */
export function storeFailure(error: unknown, location: string, doing: 'read' | 'write'): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const why = words[code] ?? code;
  if (noRoom.has(code))
    return new Failure('store/no-room', `the store \`${location}\` has no room: ${why}`, {
      state: 'no backup was recorded; the database was not changed',
      fix: 'make room with `belay backup expire`, or name another store',
      cause: error,
    });
  if (!unwritable.has(code)) return error;
  return doing === 'write'
    ? new Failure('store/unwritable', `the store \`${location}\` cannot be written: ${why}`, {
        state: 'no backup was recorded; the database was not changed',
        fix: 'check the folder and its permissions, or name another store',
        cause: error,
      })
    : new Failure('store/unreadable', `the store \`${location}\` cannot be read: ${why}`, {
        state: 'nothing was changed',
        fix: 'check the path and its permissions',
        cause: error,
      });
}
