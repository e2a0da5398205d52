// The texts that a run reads beside its databases: SQL files and migrations. A run reads them as it pinned them at its
// start, so that an edit during a wait changes nothing of what was approved.

import { readdir, readFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';

export interface PinnedText {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** The folder of which every text was pinned, this one among them. */
  readonly folder?: string;
}

export interface SourceFiles {
  /** Strictly UTF-8, a byte order mark is skipped. Fails with the error of the file system, or a `TypeError`. */
  text(path: string): Promise<string>;
  /** Visible names in a folder, sorted. Fails with the error of the file system. */
  names(folder: string): Promise<string[]>;
}

export const filesOnDisk: SourceFiles = {
  text: async (path) => decodeText(await readFile(path)),
  names: async (folder) => (await readdir(folder)).filter(isVisible).sort(),
};

/** What was not known at the start of the run, such as a path that a step puts out, is read from the disk. */
export function pinnedFiles(pins: readonly PinnedText[]): SourceFiles {
  const texts = new Map(pins.map(({ path, text }) => [path, text]));
  const folders = new Map<string, Set<string>>();
  for (const { path, folder } of pins)
    for (const [at, name] of foldersUpTo(folder, path))
      folders.set(at, (folders.get(at) ?? new Set()).add(name));
  return {
    text: async (path) => texts.get(path) ?? filesOnDisk.text(path),
    async names(folder) {
      const pinned = folders.get(folder);
      return pinned === undefined ? filesOnDisk.names(folder) : [...pinned].filter(isVisible).sort();
    },
  };
}

/** Fails with a `TypeError` for what is not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** Each folder from that of the file up to `top`, with the name in it that leads to the file. */
function* foldersUpTo(top: string | undefined, path: string): Generator<[string, string]> {
  if (top === undefined) return;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    yield [folder, relative(folder, path).split(sep)[0] ?? ''];
    if (folder === top || folder === dirname(folder)) return;
  }
}

function isVisible(name: string): boolean {
  return !name.startsWith('.');
}
