// Looks at a database file from outside: what it is, and why it cannot be opened. Reads its first page through `fs`,
// so it belongs into processes that never open the file with SQLite; here that is always the child.

import { constants as fsConstants } from 'node:fs';
import { access, lstat, open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatSize } from '../../base/index.ts';
import { type Code, Failure } from '../../diagnostic/index.ts';
import type { TargetCondition, TargetIdentity } from '../facts.ts';

export interface FileFacts {
  readonly identity: TargetIdentity;
  readonly sizeBytes: number;
  readonly walBytes: number;
  readonly isWal: boolean;
}

/** Fails with the `target/…` code of what is wrong. Opens nothing but the file itself, and that only to read. */
export async function inspectFile(path: string): Promise<FileFacts> {
  const realPath = await resolve(path);
  const file = await stat(realPath, { bigint: true }).catch((error) => {
    throw unreadable(realPath, error);
  });
  if (file.isDirectory())
    throw refusal(
      'target/directory',
      `\`${path}\` is a directory, expected a database file`,
      'name the database file itself',
    );
  if (!file.isFile())
    throw refusal(
      'target/not-a-database',
      `\`${path}\` is not a regular file`,
      'check the path of the target',
    );
  if (file.nlink > 1n)
    throw refusal(
      'target/hard-link',
      `\`${path}\` has ${file.nlink} names (hard links); SQLite would keep a -wal for each`,
      `find the others: \`find ${dirname(realPath)} -xdev -inum ${file.ino}\``,
    );
  if (file.size === 0n)
    throw refusal(
      'target/empty',
      `\`${path}\` has 0 bytes`,
      'restore a backup, or check the path of the target',
    );
  const page = await firstPage(realPath);
  assertHeader(path, page);
  const walBytes = await sizeOf(`${realPath}-wal`);
  if (walBytes === 0 && (await sizeOf(`${realPath}-journal`)) === 0)
    assertWhole(path, page, Number(file.size));
  return {
    identity: {
      realPath,
      device: file.dev.toString(),
      inode: file.ino.toString(),
      ownerId: Number(file.uid),
      groupId: Number(file.gid),
      mode: Number(file.mode & 0o7777n),
    },
    sizeBytes: Number(file.size),
    walBytes,
    isWal: page[18] === 2 || page[19] === 2,
  };
}

/** Fails with `target/read-only` when this user may not write the file or beside it. */
export async function assertWritable(realPath: string): Promise<void> {
  for (const [path, what] of [
    [realPath, 'file'],
    [dirname(realPath), 'folder'],
  ] as const) {
    if (await mayWrite(path)) continue;
    throw refusal(
      'target/read-only',
      `the ${what} \`${path}\` is read-only for this user`,
      'run as the owner of the database, or correct the permissions',
    );
  }
}

export async function mayWrite(path: string): Promise<boolean> {
  return access(path, fsConstants.W_OK).then(
    () => true,
    () => false,
  );
}

export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** What a probe calls the failure of `inspectFile` or of opening. */
export function conditionOf(code: Code): TargetCondition {
  return conditions[code] ?? 'unreadable';
}

const conditions: Partial<Record<Code, TargetCondition>> = {
  'target/missing': 'missing',
  'target/empty': 'empty',
  'target/not-a-database': 'not-a-database',
  'target/directory': 'not-a-database',
  'target/encrypted': 'encrypted',
  'target/corrupt': 'corrupt',
  'target/truncated': 'corrupt',
  'target/needs-recovery': 'needs-recovery',
};

async function resolve(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const isLink = await lstat(path).then(
        (entry) => entry.isSymbolicLink(),
        () => false,
      );
      throw refusal(
        'target/missing',
        isLink
          ? `\`${path}\` is a symbolic link to a file that does not exist`
          : `\`${path}\` does not exist`,
        'check the path of the target; Belay never creates a database',
      );
    }
    throw unreadable(path, error);
  }
}

async function firstPage(realPath: string): Promise<Buffer> {
  try {
    await using file = await open(realPath, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw unreadable(realPath, error);
  }
}

function assertHeader(path: string, page: Buffer): void {
  if (page.length >= 100 && page.subarray(0, 16).toString('latin1') === 'SQLite format 3\0') return;
  if (page.length >= 512 && entropy(page) > 0.93 * Math.log2(Math.min(256, page.length)))
    throw refusal(
      'target/encrypted',
      `\`${path}\` is encrypted or not a database: its first bytes look random`,
      'Belay cannot open encrypted databases; check the path of the target',
    );
  throw refusal(
    'target/not-a-database',
    `\`${path}\` is not a SQLite database: it does not begin with \`SQLite format 3\``,
    'check the path of the target',
  );
}

/** The header knows how many pages there are; a copy that was cut off has fewer. */
function assertWhole(path: string, page: Buffer, size: number): void {
  const isCountValid = page.readUInt32BE(24) === page.readUInt32BE(92);
  const pageSize = page.readUInt16BE(16) === 1 ? 65_536 : page.readUInt16BE(16);
  const expected = page.readUInt32BE(28) * pageSize;
  if (!isCountValid || size >= expected) return;
  throw new Failure(
    'target/truncated',
    `\`${path}\` is cut off: its header says ${formatSize(expected)}, the file has ${formatSize(size)}`,
    { state: 'nothing was changed', fix: 'find a good backup: `belay backup find`' },
  );
}

/** Shannon entropy in bits per byte. */
function entropy(bytes: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / bytes.length) * Math.log2(count / bytes.length);
  return sum;
}

function unreadable(path: string, cause: unknown): Failure {
  const { code } = cause as NodeJS.ErrnoException;
  return refusal(
    'target/unreadable',
    `\`${path}\` cannot be read${code === 'EACCES' || code === 'EPERM' ? ': permission denied' : ` (${code ?? 'unknown reason'})`}`,
    'check the permissions of the file and of every folder above it',
    cause,
  );
}

function refusal(code: Code, message: string, fix: string, cause?: unknown): Failure {
  return new Failure(code, message, { state: 'nothing was changed', fix, cause });
}
