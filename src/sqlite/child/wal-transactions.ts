// The transactions that a -wal holds, by the number of their frames. Opened here as a file: no lock of SQLite lies on it.

import { closeSync, openSync, readSync } from 'node:fs';
import { walMark } from '../commit-mark.ts';

const headerBytes = 32;
const frameHeaderBytes = 24;

/** Frames of each committed transaction after `mark`; of all when the -wal was started anew since, or there is no mark. */
export function transactionsSince(walPath: string, mark: string | undefined): number[] {
  const file = openSync(walPath, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    if (readSync(file, header, 0, headerBytes, 0) < headerBytes) return [];
    const salts = header.subarray(16, 24);
    const known = mark === undefined ? undefined : walMark(mark);
    const first = known?.salts === salts.toString('hex') ? known.frames : 0;
    const bytes = header.readUInt32BE(8) + frameHeaderBytes;
    const frame = Buffer.alloc(frameHeaderBytes);
    const transactions: number[] = [];
    let frames = 0;
    for (let at = headerBytes + first * bytes; ; at += bytes) {
      if (readSync(file, frame, 0, frameHeaderBytes, at) < frameHeaderBytes) break;
      if (!frame.subarray(8, 16).equals(salts)) break;
      frames++;
      if (frame.readUInt32BE(4) === 0) continue;
      transactions.push(frames);
      frames = 0;
    }
    return transactions;
  } finally {
    closeSync(file);
  }
}
