// JUnit: valid by the schema that Jenkins publishes, whatever a name or a message holds.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../src/diagnostic/index.ts';
import { findingsToSuite, type JunitSuite, renderJunit } from '../../src/render/index.ts';
import { junitProblems } from '../support/published-schemas.ts';
import { hostileTexts } from './hostile-texts.ts';

const suites: readonly JunitSuite[] = [
  {
    name: 'prune.test.yaml',
    cases: [
      { name: 'deletes old rows', durationMs: 1234 },
      {
        name: 'keeps new rows',
        className: 'prune',
        file: 'runbooks/prune.test.yaml',
        line: 12,
        durationMs: 66,
        failure: { message: 'expected exit 0, found 6', details: 'exit\n  expected 0\n  found    6' },
      },
      { name: 'in the dark', error: { message: 'the fixture cannot be read' } },
      { name: 'external', skipped: 'not simulated: `notify.webhook`' },
    ],
  },
  { name: 'empty', cases: [] },
];

describe('JUnit', () => {
  test('is valid by the published schema, with every kind of outcome', async () => {
    const text = renderJunit(suites);
    assert.deepEqual(await junitProblems(text), []);
    assert.deepEqual(await junitProblems(renderJunit([])), []);
    assert.equal(
      text,
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="belay" tests="4" failures="1" errors="1" time="1.300">
  <testsuite name="prune.test.yaml" tests="4" failures="1" errors="1" skipped="1" time="1.300">
    <testcase name="deletes old rows" classname="belay.prune.test.yaml" time="1.234"/>
    <testcase name="keeps new rows" classname="prune" time="0.066">
      <failure message="expected exit 0, found 6" type="failure">runbooks/prune.test.yaml:12
exit
  expected 0
  found    6</failure>
    </testcase>
    <testcase name="in the dark" classname="belay.prune.test.yaml">
      <error message="the fixture cannot be read" type="error">the fixture cannot be read</error>
    </testcase>
    <testcase name="external" classname="belay.prune.test.yaml">
      <skipped message="not simulated: \`notify.webhook\`"/>
    </testcase>
  </testsuite>
  <testsuite name="empty" tests="0" failures="0" errors="0" skipped="0" time="0.000">
  </testsuite>
</testsuites>
`,
    );
  });

  test('the check by the schema can fail', async () => {
    assert.notDeepEqual(await junitProblems(renderJunit(suites).replace(' tests="4"', ' test="4"')), []);
    assert.notDeepEqual(await junitProblems(renderJunit(suites).replace('found 6', 'found \u0001')), []);
  });

  test('stays valid and shows what XML cannot hold, whatever a name or a message is', async () => {
    for (const text of hostileTexts) {
      const report = renderJunit([
        {
          name: text,
          cases: [
            { name: text, className: text, file: text, failure: { message: text, details: text } },
            { name: text, error: { message: text } },
            { name: text, skipped: text },
          ],
        },
      ]);
      assert.deepEqual(await junitProblems(report), []);
      assert.ok(report.isWellFormed());
      assert.doesNotMatch(report, /^\s*::|##\[/m, 'no command for the log of a CI system');
    }
    const [, controls = '', lone = ''] = hostileTexts;
    const shown = renderJunit([{ name: 'x', cases: [{ name: controls }, { name: lone }] }]);
    assert.ok(shown.includes('name="\\x00\\x01\\x08\\x0b\\x1f\\x7f\\x85\\x9b31m"'));
    assert.ok(shown.includes('name="\\ud800 alone, \\udc00 alone, \\ufffe \\uffff"'));
  });

  test('a message of a megabyte is cut where lists show it and keeps its beginning', () => {
    const report = renderJunit([
      { name: 'long', cases: [{ name: 'x', failure: { message: `begin ${'y'.repeat(1024 * 1024)}` } }] },
    ]);
    assert.ok(report.length < 80 * 1024);
    assert.match(report, /message="begin y+… \(1047582 more characters\)"/);
  });

  test('findings become one case per file; only what fails the command fails the case', async () => {
    const place = { file: 'b.yaml', line: 3, column: 5 };
    const error: Finding = { code: 'document/syntax', level: 'error', message: 'a thing is wrong', place };
    const warning: Finding = { ...error, level: 'warning', place: { ...place, file: 'c.yaml' } };
    const { place: _, ...nowhere } = error;
    const names = ['a.yaml', 'b.yaml'];
    const suite = findingsToSuite('validate', names, [error, error, warning, nowhere]);
    assert.deepEqual(
      suite.cases.map((each) => [each.name, each.failure?.message]),
      [
        ['a.yaml', undefined],
        ['b.yaml', 'document/syntax: a thing is wrong (and 1 more)'],
        ['c.yaml', undefined],
        ['project', 'document/syntax: a thing is wrong'],
      ],
    );
    const strict = findingsToSuite('lint', names, [warning], 'warning');
    assert.equal(strict.cases.find(({ name }) => name === 'c.yaml')?.failure !== undefined, true);
    assert.deepEqual(await junitProblems(renderJunit([suite, strict])), []);
  });
});
