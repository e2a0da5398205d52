// Writes what is generated from the sources and checked in: the published schemas and the reference pages.
// With `--check` it writes nothing, names each stale file and exits 1.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { testSchema } from '../src/drill/test/schema.ts';
import { projectSchema } from '../src/project/schema.ts';
import { runbookSchema } from '../src/runbook/schema.ts';
import { actionReference } from './generate/action-reference.ts';
import { commandReference } from './generate/command-reference.ts';
import { errorReference } from './generate/error-reference.ts';
import { exitCodeReference } from './generate/exit-code-reference.ts';
import { formatReference } from './generate/format-reference.ts';
import { lintReference } from './generate/lint-reference.ts';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const files: Readonly<Record<string, () => string | Promise<string>>> = {
  'schemas/runbook.schema.json': () => json(runbookSchema()),
  'schemas/test.schema.json': () => json(testSchema()),
  'schemas/project.schema.json': () => json(projectSchema()),
  'docs/reference/actions.md': actionReference,
  'docs/reference/commands.md': commandReference,
  'docs/reference/errors.md': errorReference,
  'docs/reference/exit-codes.md': exitCodeReference,
  ...lintReference(),
  'docs/reference/format.md': formatReference,
};

const isCheck = process.argv.includes('--check');
for (const [path, generate] of Object.entries(files)) {
  const text = await generate();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (isCheck) {
    process.stderr.write(`stale: ${path}; run \`npm run generate\`\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    process.stderr.write(`generated: ${path}\n`);
  }
}
