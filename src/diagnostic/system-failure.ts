// What the operating system refuses, as a failure with a code: the last resort for a call that no module has words for.
// Never decides what state the data is in; whoever catches it knows.

import { Failure } from './finding.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an error',
  ELOOP: 'the symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** An error of a system call as `run/system-refused`; anything else comes back as it is. */
export function systemFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || !/^E(?!RR_)[A-Z0-9]+$/.test(code)) return error;
  const where = path === undefined ? '' : ` of \`${path}\``;
  const what = syscall === undefined ? 'a call' : `the call \`${syscall}\`${where}`;
  return new Failure(
    'run/system-refused',
    `${what} failed: ${reasons[code] ?? `${code} (${error.message})`}`,
    {
      fix: 'look at the disk and the permissions there, then try again',
      cause: error,
    },
  );
}
