// Every folder of test/review/diff/pairs: `old/` and `new/` are two places, `expected.txt` is what a reviewer is told.
// UPDATE_GOLDEN=1 writes the files anew; read them as the person who decides about the pull request.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { codes } from '../../../src/diagnostic/index.ts';
import { type Change, compareTrees, openFolderTree, verdictOf } from '../../../src/review/diff/index.ts';

const folder = join(import.meta.dirname, 'pairs');
const cases = readdirSync(folder).sort();

describe('pairs of places', () => {
  for (const name of cases) {
    test(name.replaceAll('-', ' '), async () => {
      const tree = (side: string) =>
        openFolderTree({
          label: side,
          folder: join(folder, name, side),
          shown: (path) => `${side}/${path}`,
        });
      const { changes } = await compareTrees({
        old: tree('old'),
        now: tree('new'),
      });
      const shown = [verdictOf(changes), ...changes.map(line), ''].join('\n');
      const file = join(folder, name, 'expected.txt');
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, shown);
      assert.ok(existsSync(file), 'run with UPDATE_GOLDEN=1 and read what it writes');
      assert.equal(shown, readFileSync(file, 'utf8'));
      for (const change of changes) {
        assert.ok(change.code in codes);
        assert.ok(change.old !== undefined || change.new !== undefined, `${change.code} has no place`);
        assert.match(change.message, /^[^A-Z]|^[A-Z]{4,}/, 'a message begins in lower case');
        assert.doesNotMatch(change.message, /\.$/, 'a message has no full stop');
        assert.doesNotMatch(change.message, /undefined|\[object|NaN|Infinity/);
      }
    });
  }
  test('there are at least sixty, and some say nothing', () => {
    assert.ok(cases.length >= 60);
    const silent = cases.filter((name) =>
      /^nothing/.test(readFileSync(join(folder, name, 'expected.txt'), 'utf8')),
    );
    assert.ok(silent.length >= 10);
  });
});

function line({ level, category, code, message, old, new: now }: Change): string {
  const place = (at: Change['old']) => (at === undefined ? '-' : `${at.file}:${at.line}:${at.column}`);
  return `${level} ${category} ${code} ${place(old)} ${place(now)}\n  ${message}`;
}
