// Whether a database at rest has the pages of a copy: the cheap proof after a restore. Reads the main file in this process,
// which never has it open through SQLite: in the child that has, closing a descriptor would drop its locks.

import { open } from 'node:fs/promises';
import { sizeOf } from './inspect-file.ts';
import { stampOf } from './stamp.ts';

const pieceBytes = 1024 * 1024;
/** Journal mode, change counter, schema cookie, version-valid-for and SQLite's version: SQLite writes them anew. */
const rewritten = [
  [18, 20],
  [24, 28],
  [40, 44],
  [92, 100],
] as const;

/**
 * True: each page of `livePath` equals that of `copyPath`, outside the header fields that every writer sets.
 * False says only that this was not shown: frames in the -wal, a file that others wrote to, or another content.
 */
export async function holdsPages(livePath: string, copyPath: string, signal?: AbortSignal): Promise<boolean> {
  const before = await stampOf(livePath);
  if ((await sizeOf(`${livePath}-wal`)) > 0 || !(await areEqual(livePath, copyPath, signal))) return false;
  return (await stampOf(livePath)) === before;
}

async function areEqual(livePath: string, copyPath: string, signal?: AbortSignal): Promise<boolean> {
  await using live = await open(livePath, 'r');
  await using copy = await open(copyPath, 'r');
  const [left, right] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  for (let position = 0; ; position += pieceBytes) {
    signal?.throwIfAborted();
    const [a, b] = await Promise.all([
      live.read(left, 0, pieceBytes, position),
      copy.read(right, 0, pieceBytes, position),
    ]);
    if (a.bytesRead !== b.bytesRead) return false;
    if (position === 0)
      for (const [from, to] of rewritten) for (const part of [left, right]) part.fill(0, from, to);
    if (!left.subarray(0, a.bytesRead).equals(right.subarray(0, b.bytesRead))) return false;
    // Regular files give whole pieces until their end.
    if (a.bytesRead < pieceBytes) return position + a.bytesRead > 0;
  }
}
