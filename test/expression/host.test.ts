import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createExpressionHost } from '../../src/expression/index.ts';
import { compile } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-host-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'there'), '');
const options = { host: createExpressionHost(folder) };

test('relative paths start at the folder of the host', () => {
  assert.equal(
    compile('${{ exists("there") && exists(".") && !exists("there/not") }}', options).evaluate({}),
    true,
  );
});

test('free space is that of the nearest folder that exists', () => {
  const free = compile('${{ diskFree("not/made/yet") }}', options).evaluate({});
  const { bavail, bsize } = statfsSync(folder);
  assert.ok(typeof free === 'number' && Math.abs(free - bavail * bsize) < 2 ** 30);
});

test('without a host the disk is out of reach', () => {
  assert.throws(() => compile('${{ exists("there") }}', {}).evaluate({}), { code: 'expression/evaluation' });
});

test('paths that no file can have are errors', () => {
  for (const path of ['""', '"a\\u0000b"'])
    assert.throws(() => compile(`\${{ exists(${path}) }}`, options).evaluate({}), {
      code: 'expression/evaluation',
    });
});
