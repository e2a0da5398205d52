// Whatever a runbook looks like, formatting keeps what it says, keeps each comment at its key, and has nothing more to do
// the second time.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDocument, parseDocument } from '../../../src/document/index.ts';
import { formatText } from '../../../src/review/fmt/index.ts';
import { randomYaml } from './random-yaml.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const values = [
  ...globSync('runbooks/*.yaml', { cwd: root }),
  ...globSync('test/golden/*/runbook.yaml', { cwd: root }),
]
  .sort()
  .flatMap((file) => {
    const { document } = parseDocument({ file, text: readFileSync(join(root, file), 'utf8') });
    const value = document?.value;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [value as Readonly<Record<string, unknown>>]
      : [];
  });

const options = {
  seed: Number(process.env.FMT_SEED ?? 1),
  numRuns: Number(process.env.FMT_RUNS ?? 150),
};

test('a runbook in any order and any layout: the same values, the same comments at the same keys, once and for all', () => {
  assert.ok(values.length > 60, 'the runbooks that come with Belay, and the hostile ones that are YAML');
  fc.assert(
    fc.property(fc.constantFrom(...values), fc.integer(), (value, seed) => {
      const { text, above } = randomYaml(value, seed);
      const written = parseDocument({ file: 'x.yaml', text });
      assert.deepEqual(written.document?.value, value, `the generator is wrong:\n${text}`);
      const formatted = formatText({ file: 'x.yaml', text });
      assert.ok(formatted.text !== undefined, `${formatted.findings[0]?.message}\n${text}`);
      assert.deepEqual(parseDocument({ file: 'x.yaml', text: formatted.text }).document?.value, value);
      assert.equal(formatText({ file: 'x.yaml', text: formatted.text }).text, formatted.text, text);
      const lines = formatted.text.split('\n').map((line) => line.trim());
      for (const { comment, key } of above) {
        const at = lines.indexOf(comment);
        const next = lines.slice(at).find((line) => line !== '' && !line.startsWith('#')) ?? '';
        assert.ok(
          at >= 0 && next.replace(/^- /, '').startsWith(`${key}:`),
          `${comment}\n${lines.slice(at, at + 4).join('\n')}\n\nof\n${text}`,
        );
      }
    }),
    options,
  );
});

test('two files that say the same in another order, without comments, become the same file', () => {
  fc.assert(
    fc.property(fc.constantFrom(...values), fc.integer(), (value, seed) => {
      const bare = (text: string) =>
        formatDocument({ file: 'x.yaml', text }, 'runbook').text ?? assert.fail('it was left alone');
      const once = bare(`${JSON.stringify(value)}\n`);
      const reversed = Object.fromEntries(Object.entries(value).sort(() => (seed % 2 === 0 ? 1 : -1)));
      assert.equal(
        bare(`${JSON.stringify(reversed)}\n`)
          .split('\n')
          .sort()
          .join('\n'),
        once.split('\n').sort().join('\n'),
      );
    }),
    { ...options, numRuns: Math.min(options.numRuns, 60) },
  );
});
