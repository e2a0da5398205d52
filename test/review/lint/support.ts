// Lints one example of a rule in a project of its own.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadProject } from '../../../src/project/index.ts';
import {
  type Example,
  type FilesResult,
  lintFiles,
  type Profile,
  rules,
} from '../../../src/review/lint/index.ts';

export const ruleCodes = rules.map(({ code }) => code);

export async function lintExample(
  example: Omit<Example, 'kind'> & Partial<Pick<Example, 'kind'>>,
  profile: Profile = 'production',
): Promise<FilesResult> {
  const folder = mkdtempSync(join(tmpdir(), 'belay-lint-'));
  try {
    const name = example.kind === 'sql' ? 'migration.sql' : 'runbook.yaml';
    for (const [path, text] of Object.entries({ ...example.files, [name]: example.text })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { project, findings } = loadProject({ cwd: folder, env: {} });
    if (project === undefined) throw new Error(findings[0]?.message);
    const file = { path: join(folder, name), shownAs: name, projectFolder: folder };
    return await lintFiles([file], {
      ...{ profile, project, shownFrom: folder },
      ...(example.schema === undefined ? {} : { schema: example.schema }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `code line:column` of each finding. */
export function said({ findings }: Pick<FilesResult, 'findings'>): string[] {
  return findings.map(({ code, place }) => `${code.replace('lint/', '')} ${place?.line}:${place?.column}`);
}
