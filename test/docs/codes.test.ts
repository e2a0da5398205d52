// The code table is a promise: what it declares, a test produces.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { codes } from '../../src/diagnostic/index.ts';
import { rules } from '../../src/review/lint/index.ts';
import { root } from './support.ts';

test('every diagnostic code is named by a test or by a golden expectation', () => {
  const folder = join(root, 'test');
  const said = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        (name.endsWith('.ts') || name.endsWith('expected.txt')) && name !== join('docs', 'codes.test.ts'),
    )
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\\/', '/'))
    .join('\n');
  const named = new Set(said.match(/\b[a-z]+(?:-[a-z]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*/g));
  // Every rule is found in its own bad example: test/review/lint/rules.test.ts.
  for (const { code } of rules) named.add(code);
  assert.deepEqual(
    Object.keys(codes).filter((code) => !named.has(code)),
    [],
  );
});
