// The only reader of files for lint: ordinary text files inside the project, followed through symbolic links.

import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';
import { belongsTo, type OpenedFile, readOrdinaryFile } from '../../document/index.ts';
import { decodeText, type SourceFiles } from '../../project/index.ts';

const mostBytes = 4 * 1024 * 1024;

export interface ProjectFiles extends SourceFiles {
  shown(path: string): string;
  sourceOf(path: string): string | undefined;
  /** What was read since this was asked last. */
  taken(): readonly { readonly file: string; readonly text: string }[];
  /** What led outside since this was asked last, also where the reader took it for a folder without files. */
  refused(): readonly Failure[];
}

/** `shownFrom`: what shown paths are relative to. Fails with `document/outside-project`, `lint/unreadable-file`. */
export function projectFiles(folder: string, shownFrom: string): ProjectFiles {
  const texts = new Map<string, string>();
  let fresh: string[] = [];
  let refusals: Failure[] = [];
  const shown = (path: string) => relative(shownFrom, path) || path;
  const requireInside = (path: string): void => {
    if (belongsTo(path, folder)) return;
    const refusal = new Failure(
      'document/outside-project',
      `\`${shown(path)}\` leads out of the project, and was not read`,
      { fix: 'keep SQL and migrations inside the project, where a review can see them' },
    );
    refusals.push(refusal);
    throw refusal;
  };
  return {
    shown,
    sourceOf: (path) => texts.get(path),
    taken() {
      const files = fresh.map((path) => ({ file: shown(path), text: texts.get(path) ?? '' }));
      fresh = [];
      return files;
    },
    refused() {
      const said = refusals;
      refusals = [];
      return said;
    },
    async names(path) {
      requireInside(path);
      return readdirSync(path)
        .filter((name) => !name.startsWith('.'))
        .sort();
    },
    async text(path) {
      requireInside(path);
      const text = texts.get(path) ?? readText(path, shown(path));
      texts.set(path, text);
      fresh.push(path);
      return text;
    },
  };
}

function readText(path: string, shown: string): string {
  const fail = (why: string, cause?: unknown) =>
    new Failure('lint/unreadable-file', `\`${shown}\` ${why}, so that its SQL was not checked`, {
      fix: 'correct the path; a relative one starts at the project',
      cause,
    });
  let opened: OpenedFile;
  try {
    opened = readOrdinaryFile(path, mostBytes);
  } catch (cause) {
    throw fail(
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read',
      cause,
    );
  }
  if (opened.kind === 'too-large') throw fail('is larger than 4 MiB');
  if (opened.kind !== 'file') throw fail('is not an ordinary file');
  try {
    return decodeText(opened.bytes);
  } catch (cause) {
    throw fail('is not UTF-8', cause);
  }
}
