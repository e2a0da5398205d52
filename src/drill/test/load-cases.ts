// NAME.test.yaml → cases, with everything that is wrong with them. Reads the cases and the runbook beside them; opens no
// database and runs nothing.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compareFindings, Failure, type Finding, hasErrors } from '../../diagnostic/index.ts';
import { type Document, loadSource, parseDocument, validateDocument } from '../../document/index.ts';
import { loadRunbook, type Runbook } from '../../runbook/index.ts';
import type { CaseFile } from './case.ts';
import { checkCases } from './check-cases.ts';
import { readCases, type WrittenCases } from './read-cases.ts';

export interface LoadCasesRequest {
  /** As shown; the runbook beside it is shown in the same folder. */
  readonly shownAs: string;
  readonly projectFolder: string;
  /** The project folder as shown. */
  readonly shownFolder: string;
}

export interface LoadedCases {
  readonly file?: CaseFile;
  /** Of the cases only. */
  readonly findings: readonly Finding[];
  /** Of the runbook beside them, which is checked by itself elsewhere. */
  readonly runbookFindings: readonly Finding[];
}

/** The path of the runbook that a file of cases is about; undefined when there is none. */
export function runbookOf(path: string): string | undefined {
  const stem = join(dirname(path), basename(path).replace(/\.test\.ya?ml$/, ''));
  return [`${stem}.yaml`, `${stem}.yml`].find((each) => existsSync(each));
}

export function loadCases(path: string, request: LoadCasesRequest): LoadedCases {
  const read = readDocument(path, request.shownAs);
  if (!('document' in read)) return { findings: read.findings, runbookFindings: [] };
  const { document } = read;
  const { runbook, missing, findings: runbookFindings } = runbookBeside(path, document, request);
  if (runbook === undefined) return { findings: missing === undefined ? [] : [missing], runbookFindings };
  const written = document.value as WrittenCases;
  const cases = readCases(written, { document, runbook, ...request });
  const findings = checkCases(cases, runbook).sort(compareFindings);
  if (hasErrors(findings)) return { findings, runbookFindings };
  return { file: { file: request.shownAs, runbook, cases }, findings, runbookFindings };
}

function readDocument(
  path: string,
  shownAs: string,
): { readonly document: Document } | { readonly findings: readonly Finding[] } {
  try {
    const { document, findings } = parseDocument(loadSource(path, shownAs));
    if (document === undefined) return { findings };
    const invalid = validateDocument(document, 'test');
    return hasErrors(invalid) ? { findings: invalid } : { document };
  } catch (error) {
    if (error instanceof Failure) return { findings: [error.toFinding()] };
    throw error;
  }
}

function runbookBeside(
  path: string,
  document: Document,
  { shownAs, projectFolder }: LoadCasesRequest,
): { readonly runbook?: Runbook; readonly missing?: Finding; readonly findings: readonly Finding[] } {
  const found = runbookOf(path);
  if (found !== undefined)
    return loadRunbook(found, { projectFolder, shownAs: join(dirname(shownAs), basename(found)) });
  const wanted = basename(path).replace(/\.test(\.ya?ml)$/, '$1');
  return {
    findings: [],
    missing: {
      code: 'test/no-runbook',
      level: 'error',
      message: `there is no runbook \`${wanted}\` beside \`${basename(path)}\``,
      place: document.keyPlace(['cases']),
      fix: `name the file after its runbook: \`NAME.test.yaml\` tests \`NAME.yaml\``,
    },
  };
}
