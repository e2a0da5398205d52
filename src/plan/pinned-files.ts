// The files that a run reads besides its targets: pinned at its start, and part of the plan's digest.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type Place } from '../diagnostic/index.ts';
import { belongsTo, isBelow, readOrdinaryFile, realOf } from '../document/index.ts';
import type { Bindings, Template } from '../expression/index.ts';
import { decodeText, type PinnedText, type Project, resolvePath } from '../project/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';

export interface PinnedFile extends PinnedText {
  readonly sha256: string;
}

/** The key of `with` that names a file, or a folder of SQL files. */
const fileKeys: Readonly<Record<string, string>> = { 'sqlite.execute': 'file', 'sqlite.migrate': 'from' };

/** What decides which paths are meant, and which may be read. */
export interface SqlFileRequest {
  readonly bindings: Bindings;
  /** Of the operator; anything else must belong to the project. */
  readonly namedPaths: readonly string[];
}

/**
 * SQL files and migrations of steps whose path is known before the run; another is read when its step runs.
 *
 * Fails with `plan/unreadable-file`, `plan/outside-project`.
 */
export function sqlFiles(
  runbook: Runbook,
  project: Project,
  { bindings, namedPaths }: SqlFileRequest,
): PinnedFile[] {
  const isAllowed = (path: string) =>
    belongsTo(path, project.folder) || namedPaths.some((named) => isBelow(realOf(path), realOf(named)));
  return [...runbook.preconditions, ...runbook.steps, ...runbook.always].flatMap((step) => {
    const named = pathOf(step, bindings);
    if (named === undefined) return [];
    const path = resolvePath(project.folder, named.path);
    const place = step.places[named.pointer] ?? step.place;
    const read = (file: string, folder?: string) => {
      if (!isAllowed(file)) throw outside(step, named.path, place);
      return pin(file, readText(file), folder);
    };
    try {
      if (!isAllowed(path)) throw outside(step, named.path, place);
      return named.isFolder ? sqlBelow(path).map((file) => read(file, path)) : [read(path)];
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const why = cause instanceof TypeError ? `: ${cause.message}` : '';
      throw new Failure(
        'plan/unreadable-file',
        `step \`${step.id}\` names \`${named.path}\`, which cannot be read${why}`,
        {
          place,
          state: 'nothing was started',
          fix: `check that \`${named.path}\` is there, relative to the project`,
          cause,
        },
      );
    }
  });
}

function outside(step: Step, path: string, place: Place): Failure {
  return new Failure(
    'plan/outside-project',
    `step \`${step.id}\` names \`${path}\`, which lies outside the project`,
    {
      place,
      state: 'nothing was started, and the file was not read',
      fix: 'put it into the project, or make it a param and give its path with `-p`',
    },
  );
}

/** Fails with a `TypeError` that says why it is no text. */
function readText(path: string): string {
  const opened = readOrdinaryFile(path);
  if (opened.kind !== 'file') throw new TypeError('it is not an ordinary file');
  try {
    return decodeText(opened.bytes);
  } catch (cause) {
    throw new TypeError('it is not UTF-8', { cause });
  }
}

export function pin(path: string, text: string, folder?: string): PinnedFile {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { path, text, sha256, ...(folder === undefined ? {} : { folder }) };
}

/** Steps whose file is known only while the run is going on. */
export function latelyNamedFiles({ preconditions, steps, always }: Runbook): string[] {
  return [...preconditions, ...steps, ...always].flatMap((step) => {
    const template = fileOf(step)?.template;
    return template === undefined || isKnownBefore(template) ? [] : [step.id];
  });
}

function fileOf(step: Step): { readonly key: string; readonly template: Template } | undefined {
  const key = fileKeys[step.action ?? ''];
  const template = (step.with as Readonly<Record<string, Template | undefined>>)[key ?? ''];
  return key === undefined || template === undefined ? undefined : { key, template };
}

function isKnownBefore({ references }: Template): boolean {
  return references.every(([root]) => root === 'params' || root === 'runbook');
}

function pathOf(
  step: Step,
  bindings: Bindings,
): { readonly path: string; readonly pointer: string; readonly isFolder: boolean } | undefined {
  const file = fileOf(step);
  if (file === undefined || !isKnownBefore(file.template)) return undefined;
  const path = file.template.evaluate(bindings);
  if (typeof path !== 'string') return undefined;
  return { path, pointer: `/with/${file.key}`, isFolder: step.action === 'sqlite.migrate' };
}

/** A folder that is not there is for its action to speak of: it knows what it looked for. */
function sqlBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return entriesIn(folder)
    .flatMap((path) => (isFolder(path) ? entriesIn(path).filter((each) => !isFolder(each)) : [path]))
    .filter((path) => /\.sql$/i.test(path));
}

/** Visible entries; links count as what they lead to, as they do for who reads them. */
function entriesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
