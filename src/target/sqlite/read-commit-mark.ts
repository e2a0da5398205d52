// Reads the commit mark of a live database, in this process, which never has it open through SQLite: the -shm carries
// locks, so the child must not open it.

import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommitMark } from '../../sqlite/index.ts';

/** The index header of a -wal, twice: a reader takes it only when both are equal. */
const indexHeaderBytes = 48;
/** The clock of a file system may stand still for so long. */
const clockTickMs = 20;

/** Undefined when the files do not say; never a failure. Another process may commit meanwhile: who asks must look. */
export async function readCommitMark(realPath: string): Promise<CommitMark | undefined> {
  try {
    const header = await firstBytes(realPath, 100);
    if (header.length < 100) return undefined;
    const counter = header.readUInt32BE(24);
    if (header[18] !== 2) return `rollback:${counter}`;
    const walBytes = await stat(`${realPath}-wal`).then(
      ({ size }) => size,
      () => 0,
    );
    return walBytes > 0 ? await walMarkOf(realPath) : await restMarkOf(realPath, counter);
  } catch {
    return undefined;
  }
}

async function walMarkOf(realPath: string): Promise<CommitMark | undefined> {
  const bytes = await firstBytes(`${realPath}-shm`, 2 * indexHeaderBytes);
  const [first, second] = [bytes.subarray(0, indexHeaderBytes), bytes.subarray(indexHeaderBytes)];
  if (!first.equals(second) || first[12] !== 1) return undefined;
  const frames = first.readUInt32LE(16);
  // Restarted and not yet written: what the file holds is not what the index says.
  return frames === 0 ? undefined : `wal:${first.toString('hex', 24, 40)}:${frames}`;
}

/** Two writes within one tick of the clock have the same time: waits until a later one would show. */
async function restMarkOf(realPath: string, counter: number): Promise<CommitMark> {
  const { size, mtimeNs, mtimeMs } = await stat(realPath, { bigint: true });
  const age = Date.now() - Number(mtimeMs);
  if (age < clockTickMs) await sleep(clockTickMs);
  return `rest:${counter}:${size}:${mtimeNs}`;
}

async function firstBytes(path: string, length: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}
