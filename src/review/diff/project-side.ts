// belay.yaml at one place, and what in it is used by which runbook.

import type { Finding } from '../../diagnostic/index.ts';
import type { Document, Source } from '../../document/index.ts';
import { bundledRunbookFolder, type Project, parseProject } from '../../project/index.ts';
import { showAll } from './show.ts';
import { type RunbookSide, record, type Written } from './side.ts';

export interface ProjectSide {
  readonly project: Project;
  readonly document: Document;
  readonly written: Written;
}

export interface ParsedProjectSide {
  readonly side?: ProjectSide;
  readonly findings: readonly Finding[];
}

/** `folder` may be made up, the same on both sides. */
export function projectSideOf(source: Source, folder: string): ParsedProjectSide {
  const { project, document, findings } = parseProject(source, {
    folder,
    file: { ...source, path: `${folder}/belay.yaml` },
    bundledRunbooks: bundledRunbookFolder(),
  });
  if (project === undefined || document === undefined) return { findings };
  return { side: { project, document, written: record(document.value) }, findings };
}

/** `; used by `a` and `b``, or empty when none is known to. */
export function usersWords(runbooks: readonly RunbookSide[], isUser: (side: RunbookSide) => boolean): string {
  const users = runbooks.filter(isUser).map(({ runbook }) => runbook.name);
  return users.length === 0 ? '' : `; used by ${showAll(users)}`;
}

/** The catalogue target that a runbook takes, where that is not computed. */
export function usesTarget(name: string): (side: RunbookSide) => boolean {
  return ({ runbook }) =>
    runbook.targets.some(
      ({ use }) => use !== undefined && (use.kind === 'constant' ? use.source === name : true),
    );
}
