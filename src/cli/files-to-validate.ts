// The files that `validate` and `fmt` were asked to look at.

import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import type { Project } from '../project/index.ts';

const skippedFolders = new Set(['node_modules', '.git', '.belay']);

/** Absolute paths, sorted and unique. Folders are searched for `*.yaml` and `*.yml`, test cases among them. */
export async function filesToValidate(
  paths: readonly string[],
  project: Project | undefined,
  cwd: string,
): Promise<readonly string[]> {
  const files = new Set<string>();
  if (paths.length === 0 && project !== undefined) {
    if (project.file !== undefined) files.add(project.file.path);
    const { listCaseFiles, listRunbooks } = await import('../project/index.ts');
    // Those that come with Belay were checked before they came.
    for (const { path, isBundled } of listRunbooks(project)) if (!isBundled) files.add(path);
    for (const path of listCaseFiles(project)) files.add(path);
  }
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    const kind = statSync(absolute, { throwIfNoEntry: false });
    if (kind === undefined) {
      throw new Failure('usage/unreadable-file', `there is no file or folder \`${path}\``);
    }
    if (kind.isDirectory()) for (const file of yamlFiles(absolute)) files.add(file);
    else files.add(absolute);
  }
  return [...files].sort();
}

function* yamlFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) yield* yamlFiles(path);
    } else if (/\.ya?ml$/.test(entry.name)) {
      yield path;
    }
  }
}
