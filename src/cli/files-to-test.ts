// The files of test cases that `test` was asked for.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import { isCaseFile, listCaseFiles, type Project } from '../project/index.ts';

const skippedFolders = new Set(['node_modules', '.git', '.belay']);

/**
 * Absolute paths, sorted and unique. A runbook stands for the cases beside it.
 *
 * Fails with `test/no-cases`, `usage/unreadable-file`.
 */
export function filesToTest(paths: readonly string[], project: Project, cwd: string): readonly string[] {
  // A project may have none; who names a place expects some there.
  if (paths.length === 0) return listCaseFiles(project);
  const files = new Set<string>();
  for (const path of paths) for (const file of filesAt(resolve(cwd, path), path)) files.add(file);
  if (files.size > 0) return [...files].sort();
  throw new Failure(
    'test/no-cases',
    `there are no test cases at ${paths.map((path) => `\`${path}\``).join(', ')}`,
    { fix: 'write some into `NAME.test.yaml` beside `NAME.yaml`' },
  );
}

function filesAt(path: string, asked: string): string[] {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined)
    throw new Failure('usage/unreadable-file', `there is no file or folder \`${asked}\``);
  if (kind.isDirectory()) return [...caseFiles(path)];
  if (isCaseFile(path)) return [path];
  const beside = path.replace(/\.(ya?ml)$/, '.test.$1');
  return beside !== path && existsSync(beside) ? [beside] : [];
}

function* caseFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name)) yield* caseFiles(path);
    } else if (isCaseFile(entry.name)) yield path;
  }
}
