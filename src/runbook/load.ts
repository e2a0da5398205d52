// Reads, validates and compiles a runbook file.

import { hasErrors } from '../diagnostic/index.ts';
import { loadSource, parseDocument, validateDocument } from '../document/index.ts';
import { type CompiledRunbook, compileRunbook } from './compile.ts';

export interface LoadRequest {
  /** Absolute. */
  readonly projectFolder: string;
  /** How the file is called in findings. */
  readonly shownAs: string;
}

/** Fails with `document/…` when the file cannot be read; everything it says wrong is a finding, stage by stage. */
export function loadRunbook(path: string, { projectFolder, shownAs }: LoadRequest): CompiledRunbook {
  const { document, findings } = parseDocument(loadSource(path, shownAs, projectFolder));
  if (!document || hasErrors(findings)) return { findings };
  const invalid = [...findings, ...validateDocument(document, 'runbook')];
  if (hasErrors(invalid)) return { findings: invalid };
  const compiled = compileRunbook({ document, path, projectFolder });
  return { ...compiled, findings: [...invalid, ...compiled.findings] };
}
