// The files that a run reads besides its targets: pinned at its start, and part of the plan's digest.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import type { Bindings, Template } from '../expression/index.ts';
import { type Project, resolvePath } from '../project/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';

export interface PinnedFile {
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  readonly text: string;
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
      return named.isFolder ? sqlBelow(path) : [pin(path, readFileSync(path, 'utf8'))];
    } catch (cause) {
      throw new Failure(
        'plan/unreadable-file',
        `step \`${step.id}\` names \`${named.path}\`, which cannot be read`,
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

export function pin(path: string, text: string): PinnedFile {
  return { path, text, sha256: createHash('sha256').update(text).digest('hex') };
}

function pathOf(
  step: Step,
  bindings: Bindings,
): { readonly path: string; readonly pointer: string; readonly isFolder: boolean } | undefined {
  const key = fileKeys[step.action ?? ''];
  if (key === undefined) return undefined;
  const template = (step.with as Readonly<Record<string, Template | undefined>>)[key];
  if (template === undefined) return undefined;
  const isKnown = template.references.every(([root]) => root === 'params' || root === 'runbook');
  const path = isKnown ? template.evaluate(bindings) : undefined;
  if (typeof path !== 'string') return undefined;
  return { path, pointer: `/with/${key}`, isFolder: step.action === 'sqlite.migrate' };
}

/** A folder that is not there is for its action to speak of: it knows what it looked for. */
function sqlBelow(folder: string): PinnedFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => pin(path, readFileSync(path, 'utf8')));
}
