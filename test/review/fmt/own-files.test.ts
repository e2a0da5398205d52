// The project's own files are in the canonical form: the runbooks that come with Belay, and what the pages show.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatText } from '../../../src/review/fmt/index.ts';
import { type Block, blocksOf, pages, pathOf, readPage, root } from '../../docs/support.ts';

test('the runbooks that come with Belay are formatted', () => {
  const files = globSync('runbooks/*.yaml', { cwd: root });
  assert.ok(files.length > 0);
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    assert.equal(formatText({ file, text }).text, text, `${file}: run \`belay fmt runbooks\``);
  }
});

test('the examples of the pages are formatted', () => {
  for (const page of pages)
    for (const block of blocksOf(readPage(page)).filter(isOurs)) {
      const file = pathOf(block) ?? 'part.yaml';
      assert.equal(formatText({ file, text: block.text }).text, block.text, `${page}:${block.line}`);
    }
});

/** A runbook, a part of one, or belay.yaml. */
function isOurs({ info, text }: Block): boolean {
  return (
    info === 'yaml' && /^(apiVersion|params|secrets|targets|preconditions|steps|always|outputs):/m.test(text)
  );
}
