// Builds what the program runs from: validators compiled ahead, the bundle in `dist/`, the declarations in `dist/types`.
// Cheap when nothing has changed, so that it can run before every test.

import { buildBundle } from './make/bundle.ts';
import { buildDeclarations } from './make/declarations.ts';
import { isFresh, remember } from './make/inputs.ts';
import { writeValidators } from './make/validators.ts';

const validators = [
  'src/action',
  'src/base',
  'src/document/schema-parts.ts',
  'src/drill/test/schema.ts',
  'src/drill/test/states.ts',
  'src/project/policy-schema.ts',
  'src/project/policy.ts',
  'src/project/schema.ts',
  'src/runbook/declaration-schema.ts',
  'src/runbook/schema.ts',
  'src/runbook/step-schema.ts',
  'src/runbook/with-schema.ts',
  'scripts/make',
];
if (!isFresh('validators', validators, 'src/document/validators/schemas.generated.js')) {
  await writeValidators('src/document/validators');
  remember('validators', validators);
  say('validators compiled');
}

const sources = ['src', 'scripts/make', 'package.json', 'node_modules/.package-lock.json'];
if (!isFresh('bundle', sources, 'dist/index.js')) {
  const skipped = await buildBundle();
  for (const entry of skipped) say(`no ${entry} yet, left out`);
  remember('bundle', sources);
  say('dist bundled');
}
if (!isFresh('types', sources, 'dist/types/index.d.ts')) {
  buildDeclarations();
  remember('types', sources);
  say('declarations written');
}

function say(text: string): void {
  process.stderr.write(`build: ${text}\n`);
}
