// A file of test cases in its project, with everything that is wrong with it.

import { dirname, relative } from 'node:path';
import { type LoadedCases, loadCases } from '../drill/index.ts';
import type { Project } from '../project/index.ts';
import { folderOf } from './runbook.ts';

export function openCases(path: string, project: Project, cwd: string): LoadedCases {
  const projectFolder = folderOf(project, path);
  return loadCases(path, {
    projectFolder,
    shownAs: relative(cwd, path),
    shownFolder: project.file === undefined ? dirname(relative(cwd, path)) : relative(cwd, projectFolder),
  });
}
