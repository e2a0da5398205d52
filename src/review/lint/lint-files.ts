// Lints files: runbooks one by one, SQL files folder by folder. One that cannot be read does not hide the others.

import { dirname } from 'node:path';
import { compareFindings, Failure, type Finding, hasErrors } from '../../diagnostic/index.ts';
import { loadRunbook } from '../../runbook/index.ts';
import type { Ignored } from './ignores.ts';
import { withoutTwins } from './judge.ts';
import { lintRunbook } from './lint-runbook.ts';
import { lintSql } from './lint-sql.ts';
import type { LintOptions, LintResult } from './options.ts';

export interface FileToLint {
  /** Absolute. */
  readonly path: string;
  readonly shownAs: string;
  /** What relative paths in it are relative to, and what may be read. */
  readonly projectFolder: string;
}

export interface FilesResult extends LintResult {
  /** A runbook did not compile. */
  readonly isInvalid: boolean;
}

export async function lintFiles(files: readonly FileToLint[], options: LintOptions): Promise<FilesResult> {
  const findings: Finding[] = [];
  const ignored: Ignored[] = [];
  let isInvalid = false;
  const take = (result: LintResult) => {
    findings.push(...result.findings);
    ignored.push(...result.ignored);
  };
  for (const file of files.filter(({ path }) => !isSql(path))) {
    try {
      const loaded = loadRunbook(file.path, file);
      findings.push(...loaded.findings);
      if (hasErrors(loaded.findings)) isInvalid = true;
      if (loaded.runbook !== undefined) take(await lintRunbook(loaded.runbook, options));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      findings.push(error.toFinding());
      isInvalid = true;
    }
  }
  const folders = Map.groupBy(
    files.filter(({ path }) => isSql(path)),
    ({ path }) => dirname(path),
  );
  for (const [folder, inside] of folders)
    take(await lintSql(inside.map(({ path }) => path).sort(), inside[0]?.projectFolder ?? folder, options));
  return { findings: withoutTwins(findings).sort(compareFindings), ignored, isInvalid };
}

function isSql(path: string): boolean {
  return /\.sql$/i.test(path);
}
