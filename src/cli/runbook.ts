// From the word on the command line to a compiled runbook.

import { dirname } from 'node:path';
import { shownPath } from '../base/index.ts';
import { exitCodes, FindingsFailure, hasErrors } from '../diagnostic/index.ts';
import { bundledRunbookFolder, findRunbook, type Project } from '../project/index.ts';
import type { Runbook } from '../runbook/index.ts';
import type { Context } from './context.ts';
import { showFindings } from './show-error.ts';

/** Fails with `project/…` when there is no such runbook, with all findings when it does not compile. */
export async function openRunbook(context: Context, project: Project, word: string): Promise<Runbook> {
  const { loadRunbook } = await import('../runbook/index.ts');
  const path = findRunbook(project, word, context.cwd);
  const { runbook, findings } = loadRunbook(path, {
    projectFolder: folderOf(project, path),
    shownAs: shownPath(context.cwd, path),
  });
  if (runbook === undefined || hasErrors(findings)) throw new FindingsFailure(findings, exitCodes.invalid);
  if (findings.length > 0 && !context.globals.isQuiet) await showFindings(findings, context.screen);
  return runbook;
}

/**
 * What relative paths in a runbook are relative to: the folder of belay.yaml; without one, the runbook's own. A bundled
 * runbook lies in the package, where nothing of the operator is: its paths are relative to the working folder.
 */
export function folderOf(project: Project, path: string): string {
  const hasNoHome = project.file === undefined && dirname(path) !== bundledRunbookFolder();
  return hasNoHome ? dirname(path) : project.folder;
}

/** A word of a command line as a shell takes it. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
