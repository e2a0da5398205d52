// The files that a run reads besides its targets: pinned at its start, and part of the plan's digest.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import type { Bindings, Template } from '../expression/index.ts';
import { decodeText, type PinnedText, type Project, resolvePath } from '../project/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';

export interface PinnedFile extends PinnedText {
  readonly sha256: string;
}

/** The key of `with` that names a file, or a folder of SQL files. */
const fileKeys: Readonly<Record<string, string>> = { 'sqlite.execute': 'file', 'sqlite.migrate': 'from' };

/**
 * SQL files and migrations of steps whose path is known before the run; another is read when its step runs.
 *
 * Fails with `plan/unreadable-file`.
 */
export function sqlFiles(runbook: Runbook, project: Project, bindings: Bindings): PinnedFile[] {
  return [...runbook.preconditions, ...runbook.steps, ...runbook.always].flatMap((step) => {
    const named = pathOf(step, bindings);
    if (named === undefined) return [];
    const path = resolvePath(project.folder, named.path);
    try {
      return named.isFolder ? sqlBelow(path) : [pin(path, decodeText(readFileSync(path)))];
    } catch (cause) {
      throw new Failure(
        'plan/unreadable-file',
        `step \`${step.id}\` names \`${named.path}\`, which cannot be read${cause instanceof TypeError ? ': it is not UTF-8' : ''}`,
        {
          place: step.places[named.pointer] ?? step.place,
          state: 'nothing was started',
          fix: `check that \`${named.path}\` is there, relative to the project`,
          cause,
        },
      );
    }
  });
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
function sqlBelow(folder: string): PinnedFile[] {
  if (!existsSync(folder)) return [];
  return entriesIn(folder)
    .flatMap((path) => (isFolder(path) ? entriesIn(path).filter((each) => !isFolder(each)) : [path]))
    .filter((path) => /\.sql$/i.test(path))
    .map((path) => pin(path, decodeText(readFileSync(path)), folder));
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
