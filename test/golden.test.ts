// Every folder of test/golden: what `belay validate runbook.yaml` says in it is what its expected.txt says.
// UPDATE_GOLDEN=1 writes the files anew; read them as the person would who made the mistake.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { codes, compareFindings } from '../src/diagnostic/index.ts';
import { renderFindings } from '../src/render/index.ts';
import { loadRunbook } from '../src/runbook/index.ts';

const folder = join(import.meta.dirname, 'golden');
const cases = readdirSync(folder).sort();

describe('broken and hostile runbooks', () => {
  for (const name of cases) {
    test(name, () => {
      const here = join(folder, name);
      const { runbook, findings } = loadRunbook(join(here, 'runbook.yaml'), {
        projectFolder: here,
        shownAs: 'runbook.yaml',
      });
      const shown = renderFindings([...findings].sort(compareFindings), { width: 100, hasColor: false });
      const file = join(here, 'expected.txt');
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, shown);
      assert.ok(existsSync(file), 'run with UPDATE_GOLDEN=1 and read what it writes');
      assert.equal(shown, readFileSync(file, 'utf8'));
      assert.ok(findings.length > 0, 'a golden case has something wrong');
      assert.equal(
        runbook === undefined,
        findings.some(({ level }) => level === 'error'),
      );
      for (const finding of findings) {
        assert.ok(finding.code in codes);
        assert.ok(finding.place !== undefined, `${finding.code} has no place`);
        assert.match(finding.message, /^[^A-Z]/, 'a message begins in lower case');
        assert.doesNotMatch(finding.message, /\.$/, 'a message has no full stop');
      }
    });
  }
});
