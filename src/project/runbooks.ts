// The runbooks of a project, found by name or by path. Reads names only; what a file says is not judged here.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { nearestName } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { belongsTo, limits, type OpenedFile, readOrdinaryFile } from '../document/index.ts';
import type { Project } from './project.ts';

export interface ListedRunbook {
  /** Its `name:`, else the name of the file. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Comes with Belay. */
  readonly isBundled: boolean;
}

/**
 * All runbooks of the folders, in order of search, then by file name. One that comes with Belay is left out when
 * the project has one of the same name. A folder that does not belong to the project is not searched.
 */
export function listRunbooks(project: Project): ListedRunbook[] {
  const found: ListedRunbook[] = [];
  for (const folder of project.runbookFolders) {
    const isBundled = folder === project.bundledRunbooks;
    if (!isBundled && !belongsTo(folder, project.folder)) continue;
    for (const path of runbookFiles(folder)) {
      const isOwn = isBundled || belongsTo(path, project.folder);
      const name = (isOwn ? nameIn(path) : undefined) ?? stem(path);
      if (!isBundled || !found.some((other) => other.name === name)) found.push({ name, path, isBundled });
    }
  }
  return found;
}

/**
 * The absolute path of the runbook that an operator named.
 *
 * Fails with `project/no-such-runbook` or `project/ambiguous-runbook`.
 */
export function findRunbook(project: Project, nameOrPath: string, cwd: string): string {
  if (/[/\\]|\.ya?ml$/.test(nameOrPath)) {
    const path = resolve(cwd, nameOrPath);
    if (existsSync(path)) return path;
    throw new Failure('project/no-such-runbook', `there is no file \`${nameOrPath}\``, { fix: 'belay list' });
  }
  const listed = listRunbooks(project);
  const matches = listed.filter(({ name, path }) => name === nameOrPath || stem(path) === nameOrPath);
  const [match, second] = matches;
  if (match && second) {
    throw new Failure(
      'project/ambiguous-runbook',
      `two runbooks are called \`${nameOrPath}\`: \`${basename(match.path)}\` and \`${basename(second.path)}\``,
      { fix: `name one by its path: ${match.path}` },
    );
  }
  if (match) return match.path;
  const near = nearestName(
    nameOrPath,
    listed.flatMap(({ name, path }) => [name, stem(path)]),
  );
  throw new Failure('project/no-such-runbook', `there is no runbook \`${nameOrPath}\``, {
    fix: near ? `did you mean \`${near}\`?` : nowhere(project),
  });
}

function nowhere(project: Project): string {
  const outside = project.runbookFolders.find(
    (folder) => folder !== project.bundledRunbooks && !belongsTo(folder, project.folder),
  );
  return outside === undefined
    ? 'belay list'
    : `\`${outside}\` lies outside the project and is not searched: name a runbook there by its path`;
}

function runbookFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name) && !isCaseFile(entry.name))
    .map((entry) => join(folder, entry.name))
    .filter((path) => basename(path) !== 'belay.yaml')
    .sort();
}

export function isCaseFile(path: string): boolean {
  return /\.test\.ya?ml$/.test(path);
}

/** The files of test cases beside the runbooks of the project; not those that come with Belay. */
export function listCaseFiles(project: Project): string[] {
  return project.runbookFolders
    .filter(
      (folder) =>
        folder !== project.bundledRunbooks && belongsTo(folder, project.folder) && existsSync(folder),
    )
    .flatMap((folder) =>
      readdirSync(folder)
        .filter(isCaseFile)
        .map((name) => join(folder, name)),
    )
    .sort();
}

function stem(path: string): string {
  return basename(path).replace(/\.ya?ml$/, '');
}

/** The top-level `name:` in the first 4 KiB; whether the file is sound, `validate` says. */
function nameIn(path: string): string | undefined {
  const opened = open(path);
  if (opened?.kind !== 'file') return undefined;
  const head = Buffer.from(opened.bytes.subarray(0, 4096)).toString('utf8');
  return /^name:[ \t]*["']?([a-z][a-z0-9-]*)["']?[ \t]*(?:#.*)?\r?$/m.exec(head)?.[1];
}

function open(path: string): OpenedFile | undefined {
  try {
    return readOrdinaryFile(path, limits.bytes);
  } catch {
    return undefined;
  }
}
