// Who has the database open, from /proc; the only reader of it here. Where the system does not tell, the answer is
// empty: never a guess, never a failure.

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';

export interface LockHolder {
  readonly pid: number;
  readonly program: string;
  /** Holds a write lock; otherwise a read lock, or merely an open file. */
  readonly has: 'write lock' | 'read lock' | 'open file';
}

/** Other processes that lock or hold open the database at `path`, those with write locks first. */
export function lockHolders(path: string, isOurs = isChildOrEngine): LockHolder[] {
  const held = new Map<number, LockHolder['has']>();
  for (const [pid, has] of [...openers(path), ...lockers(path)]) {
    if (isOurs(pid)) continue;
    const known = held.get(pid);
    if (known === undefined || rank[has] < rank[known]) held.set(pid, has);
  }
  return [...held]
    .map(([pid, has]) => ({ pid, program: programName(pid), has }))
    .sort((a, b) => rank[a.has] - rank[b.has] || a.pid - b.pid);
}

/** For a message: `python3 (pid 4711, write lock)`; undefined when nobody can be seen. */
export function describeHolders(path: string): string | undefined {
  const holders = lockHolders(path);
  if (holders.length === 0) return undefined;
  const shown = holders.slice(0, 4).map(({ pid, program, has }) => `${program} (pid ${pid}, ${has})`);
  return shown.join(', ') + (holders.length > 4 ? `, and ${holders.length - 4} more` : '');
}

function isChildOrEngine(pid: number): boolean {
  return pid === process.pid || pid === process.ppid;
}

const rank = { 'write lock': 0, 'read lock': 1, 'open file': 2 } as const;

/** Lines such as `3: POSIX  ADVISORY  WRITE 4711 fd:01:131077 1073741824 1073741825`. */
function* lockers(path: string): Generator<[number, LockHolder['has']]> {
  const inodes = new Map<string, 'main' | 'shm'>();
  for (const [file, part] of [
    [path, 'main'],
    [`${path}-shm`, 'shm'],
  ] as const) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat) inodes.set(String(stat.ino), part);
  }
  for (const line of read('/proc/locks').split('\n')) {
    const fields = line.replace('->', '').trim().split(/\s+/);
    const [, , , kind, pid, file, start] = fields;
    const part = inodes.get(file?.split(':')[2] ?? '');
    if (part === undefined || !pid) continue;
    // In -shm byte 120 is the write lock; every reader may also lock a byte there for a moment.
    const isWrite = kind === 'WRITE' && (part === 'main' || start === '120');
    yield [Number(pid), isWrite ? 'write lock' : 'read lock'];
  }
}

/** The main file and what SQLite keeps beside it: a program may hold only one of them. */
function* openers(path: string): Generator<[number, LockHolder['has']]> {
  const names = [path, `${path}-wal`, `${path}-shm`, `${path}-journal`];
  const paths = new Set(names.flatMap((name) => [name, `${name} (deleted)`]));
  for (const pid of list('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      if (!paths.has(link(`/proc/${pid}/fd/${descriptor}`))) continue;
      yield [Number(pid), 'open file'];
      break;
    }
  }
}

function programName(pid: number): string {
  // Not `comm` first: that is the name of its main thread.
  const [command = ''] = read(`/proc/${pid}/cmdline`).split('\0');
  return basename(command) || read(`/proc/${pid}/comm`).trim() || 'a program';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
