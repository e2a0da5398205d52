// Loads the project: belay.yaml checked and its names resolved, or the defaults where there is none. Creates nothing.

import { dirname, relative, resolve } from 'node:path';
import { Failure, type Finding } from '../diagnostic/index.ts';
import { loadSource } from '../document/index.ts';
import { parseProject } from './parse-project.ts';
import { bundledRunbookFolder, findProjectFile } from './paths.ts';
import type { Project } from './project.ts';
import { readProject } from './read-project.ts';

export interface ProjectRequest {
  readonly cwd: string;
  /** `--state`; relative to `cwd`. */
  readonly stateFolder?: string;
  /** A belay.yaml to use instead of the nearest one; relative to `cwd`. */
  readonly projectFile?: string;
  /** For BELAY_STATE. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface LoadedProject {
  readonly project?: Project;
  readonly findings: readonly Finding[];
}

export function loadProject(request: ProjectRequest): LoadedProject {
  const cwd = resolve(request.cwd);
  const path = request.projectFile === undefined ? findProjectFile(cwd) : resolve(cwd, request.projectFile);
  const givenState = request.stateFolder ?? request.env.BELAY_STATE;
  const place = {
    bundledRunbooks: bundledRunbookFolder(),
    ...(givenState === undefined || givenState === '' ? {} : { stateFolder: resolve(cwd, givenState) }),
  };
  if (path === undefined) return { project: readProject({}, { ...place, folder: cwd }), findings: [] };
  try {
    const isNamed = request.projectFile !== undefined;
    const source = loadSource(path, relative(cwd, path) || path, isNamed ? undefined : dirname(path));
    const parsed = parseProject(source, { ...place, folder: dirname(path), file: { ...source, path } });
    const { project, findings } = parsed;
    return project === undefined ? { findings } : { project, findings };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code !== 'document/unreadable' || request.projectFile === undefined)
      return { findings: [error.toFinding()] };
    throw new Failure('project/no-project-file', error.message, { cause: error });
  }
}
