// The files that `lint` was asked to look at: runbooks and SQL.

import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { shownPath } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { listRunbooks, type Project } from '../project/index.ts';
import type { FileToLint } from '../review/lint/index.ts';
import { folderOf } from './runbook.ts';

const skippedFolders = new Set(['node_modules', '.git', '.belay']);
const wanted = /(?<!\.test)\.ya?ml$|\.sql$/i;

/** Sorted. All runbooks of the project when no path is given; folders are searched for runbooks and SQL files. */
export function filesToLint(paths: readonly string[], project: Project, cwd: string): readonly FileToLint[] {
  const files = new Set<string>();
  // Those that come with Belay were checked before they came.
  if (paths.length === 0)
    for (const { path, isBundled } of listRunbooks(project)) if (!isBundled) files.add(path);
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const kind = statSync(absolute, { throwIfNoEntry: false });
    if (kind === undefined)
      throw new Failure('usage/unreadable-file', `there is no file or folder \`${path}\``);
    if (kind.isDirectory()) for (const file of filesBelow(absolute)) files.add(file);
    else files.add(absolute);
  }
  // The project file has no steps.
  if (project.file !== undefined) files.delete(project.file.path);
  return [...files].sort().map((path) => ({
    path,
    shownAs: shownPath(cwd, path),
    projectFolder: homeOf(project, path),
  }));
}

/** An SQL file by itself belongs to the project when it lies in it, else to its folder. */
function homeOf(project: Project, path: string): string {
  if (!/\.sql$/i.test(path)) return folderOf(project, path);
  return relative(project.folder, path).startsWith('..') ? dirname(path) : project.folder;
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) yield* filesBelow(path);
    } else if (wanted.test(entry.name)) yield path;
  }
}
