// The text of a belay.yaml → project, with all that is wrong with it. Pure: reads no file, no variable of the environment.

import { type Finding, hasErrors } from '../diagnostic/index.ts';
import { type Document, parseDocument, type Source, validateDocument } from '../document/index.ts';
import { checkNames } from './check-names.ts';
import type { Project } from './project.ts';
import { type ProjectPlace, readProject, type WrittenProject } from './read-project.ts';

export interface ParsedProject {
  /** Absent when there are errors, as is the document. */
  readonly project?: Project;
  readonly document?: Document;
  readonly findings: readonly Finding[];
}

export function parseProject(source: Source, place: ProjectPlace): ParsedProject {
  const { document, findings } = parseDocument(source);
  if (!document) return { findings };
  const faults = validateDocument(document, 'project');
  if (hasErrors(faults)) return { findings: faults };
  const written = document.value as WrittenProject;
  const project = readProject(written, { ...place, document });
  const unknown = checkNames(document, written, project);
  return hasErrors(unknown) ? { findings: unknown } : { project, document, findings: unknown };
}
