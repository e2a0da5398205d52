// A folder as a tree of sources. Links are named, never followed: what they lead to may lie outside.

import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import {
  decode,
  isCandidate,
  limitBytes,
  type SourceTree,
  type TreeFile,
  type TreeText,
} from './source-tree.ts';

export interface FolderTreeOptions {
  readonly label: string;
  /** Absolute. */
  readonly folder: string;
  /** Puts a path from the folder into words. */
  readonly shown: (path: string) => string;
  /** Only files at or below one of these; all, when absent. */
  readonly scope?: (path: string) => boolean;
  /** As git names contents, so that the files of a working tree can be compared with those of a commit. */
  readonly hash?: 'sha1' | 'sha256';
}

const skipped = new Set(['node_modules', '.git', '.belay']);

export function openFolderTree({
  label,
  folder,
  shown,
  scope,
  hash = 'sha1',
}: FolderTreeOptions): SourceTree {
  const files = new Map<string, TreeFile>();
  const visit = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) visit(path);
      } else if (isCandidate(path) && (scope?.(path) ?? true)) {
        const file = describe(join(folder, path), hash);
        if (file !== undefined) files.set(path, file);
      }
    }
  };
  visit('');
  return {
    label,
    files,
    shown,
    read: async (paths) =>
      new Map(
        paths.flatMap((path) => {
          const text = files.get(path)?.kind === 'file' ? load(join(folder, path)) : undefined;
          return text === undefined ? [] : [[path, text] as const];
        }),
      ),
  };
}

function describe(path: string, hash: 'sha1' | 'sha256'): TreeFile | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink())
    return { kind: 'link', version: blobHash(Buffer.from(readlinkSync(path)), hash) };
  if (!stat?.isFile()) return undefined;
  return {
    kind: 'file',
    version: stat.size > limitBytes ? largeHash(path, stat.size, hash) : blobHash(readFileSync(path), hash),
  };
}

/** As git computes the id of a file's content. */
function blobHash(bytes: Uint8Array, hash: string): string {
  return createHash(hash).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The same for what is not worth holding in memory. */
function largeHash(path: string, size: number, name: string): string {
  const hash = createHash(name).update(`blob ${size}\0`);
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(limitBytes);
    for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk))
      hash.update(chunk.subarray(0, length));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

function load(path: string): TreeText | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  if (stat.size > limitBytes) return { problem: 'it is larger than 1 MiB' };
  try {
    return decode(readFileSync(path));
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
