// Files of an archive as bytes: opened once, written whole, read by parts. Every failure names the file.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../../diagnostic/index.ts';

const pieceBytes = 2 ** 20;

export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

/** Replaces a small file at once: readers find the old one or the new one. Durable with its folder. */
export function replaceFile(path: string, text: string): void {
  const part = `${path}.part`;
  const descriptor = openSync(part, 'w', 0o600);
  try {
    writeWhole(descriptor, Buffer.from(text));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(part, path);
  syncFolder(dirname(path));
}

export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes from `from` to `to`; fails with `action/archive-damaged` when the file is shorter. */
export function readPart(path: string, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  const descriptor = openSync(path, 'r');
  try {
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(descriptor, bytes, done, bytes.length - done, from + done);
      if (read === 0) throw damaged(path, 'it is shorter than its index says');
      done += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}

export function hashFile(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceBytes);
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const read = readSync(descriptor, piece);
      if (read === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
}

export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

export function damaged(path: string, why: string): Failure {
  return new Failure('action/archive-damaged', `\`${path}\` is not as it was written: ${why}`, {
    state: 'nothing was loaded',
    fix: 'take another copy of the archive, or the backup of that time',
  });
}

/** Fails with `action/unwritable-file` in place of an error of the file system. */
export function writing<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof Failure || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw new Failure('action/unwritable-file', `the archive \`${folder}\` cannot be written: ${code}`, {
      state: 'the rows at work are still in the database',
      fix: code === 'ENOSPC' ? 'free some room, then run again' : 'correct the folder or its permissions',
      cause: error,
    });
  }
}
