// SARIF: valid by the published schema whatever a finding holds, and the same for the same finding on another day.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../src/diagnostic/index.ts';
import { renderSarif } from '../../src/render/index.ts';
import { sarifProblems } from '../support/published-schemas.ts';
import { hostileTexts } from './hostile-texts.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
      readonly region?: Readonly<Record<string, number>>;
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

const finding: Finding = {
  code: 'runbook/unknown-target',
  level: 'error',
  message: 'step `snapshot` uses target `ordres`, which this runbook does not declare',
  fix: 'did you mean `orders`, declared at line 6?',
  place: {
    file: 'runbooks/nightly.yaml',
    line: 23,
    column: 21,
    length: 6,
    text: '    with: { target: ordres }',
  },
};

function render(findings: readonly Finding[], folder = '/srv/project'): string {
  return renderSarif(findings, { folder, command: 'validate' });
}

function results(findings: readonly Finding[], folder?: string): readonly Result[] {
  return JSON.parse(render(findings, folder)).runs[0].results;
}

function uri(file: string): string | undefined {
  const [result] = results([{ ...finding, place: { file, line: 1, column: 1 } }]);
  return result?.locations[0]?.physicalLocation.artifactLocation.uri;
}

describe('SARIF', () => {
  test('is valid by the published schema, without findings and with one of each level', () => {
    assert.deepEqual(sarifProblems(render([])), []);
    const levels = (['error', 'warning', 'info'] as const).map((level) => ({ ...finding, level }));
    const text = render(levels);
    assert.deepEqual(sarifProblems(text), []);
    assert.deepEqual(
      results(levels).map(({ level }) => level),
      ['error', 'warning', 'note'],
    );
  });

  test('the check by the schema can fail', () => {
    assert.notDeepEqual(sarifProblems(render([finding]).replace('"level": "error"', '"level": "bad"')), []);
    assert.notDeepEqual(sarifProblems(render([finding]).replace('nightly.yaml', 'night ly.yaml')), []);
  });

  test('says where, in columns of UTF-16, with what stands in the table of codes as the rule', () => {
    const log = JSON.parse(render([finding]));
    const [run] = log.runs;
    assert.equal(run.columnKind, 'utf16CodeUnits');
    assert.equal(run.automationDetails.id, 'belay/validate/');
    const [result] = run.results as Result[];
    assert.deepEqual(result?.locations, [
      {
        physicalLocation: {
          artifactLocation: { uri: 'runbooks/nightly.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 23, startColumn: 21, endColumn: 27 },
        },
      },
    ]);
    const rule = run.tool.driver.rules[result?.ruleIndex ?? -1];
    assert.equal(rule.id, 'runbook/unknown-target');
    assert.match(rule.shortDescription.text, /^[A-Z].*\.$/);
    assert.match(result?.message.text ?? '', /declare\.\nFix: did you mean/);
  });

  test('paths are percent-encoded and relative; what lies elsewhere is absolute', () => {
    assert.equal(uri('run books/100%#1?.yaml'), 'run%20books/100%25%231%3F.yaml');
    assert.equal(uri('a:b.yaml'), 'a%3Ab.yaml');
    assert.equal(uri('new\nline.yaml'), 'new%0Aline.yaml');
    assert.equal(uri('./a/../größe.yaml'), 'gr%C3%B6%C3%9Fe.yaml');
    assert.equal(uri('../other/a b.yaml'), 'file:///srv/other/a%20b.yaml');
    assert.equal(uri('/etc/runbooks/a.yaml'), 'file:///etc/runbooks/a.yaml');
    assert.equal(uri('lone\ud800.yaml'), 'lone%EF%BF%BD.yaml');
  });

  test('a finding without a place stands at a file: one that stands nowhere makes code scanning refuse all', () => {
    const { place: _, ...nowhere } = finding;
    const [result] = results([nowhere]);
    assert.deepEqual(result?.locations, [
      { physicalLocation: { artifactLocation: { uri: 'belay.yaml', uriBaseId: '%SRCROOT%' } } },
    ]);
    assert.deepEqual(sarifProblems(render([nowhere])), []);
  });

  test('fingerprints stay when lines move, and differ between findings', () => {
    const fingerprints = (findings: readonly Finding[]) =>
      results(findings).map((result) => result.partialFingerprints['belayFinding/v1']);
    const moved = {
      ...finding,
      place: {
        ...finding.place,
        file: 'runbooks/nightly.yaml',
        line: 99,
        column: 23,
        text: '      with: { target: ordres }',
      },
    };
    const fixMoved = { ...moved, fix: 'did you mean `orders`, declared at line 77?' };
    assert.deepEqual(fingerprints([finding]), fingerprints([fixMoved]));
    const elsewhere = { ...finding, place: { ...moved.place, file: 'runbooks/other.yaml' } };
    const other = { ...finding, place: { ...moved.place, text: '      with: { target: ordars }' } };
    const all = fingerprints([finding, fixMoved, elsewhere, other]);
    assert.equal(new Set(all).size, 4, 'also the second of two equal ones has its own');
    const { place: _, ...nowhere } = finding;
    assert.deepEqual(
      fingerprints([{ ...nowhere, message: 'seen at line 3' }]),
      fingerprints([{ ...nowhere, message: 'seen at line 4' }]),
    );
  });

  test('is the same text wherever it is made', () => {
    assert.equal(render([finding], '/srv/project'), render([finding], '/home/somebody'));
  });

  test('names the rules that were looked for, also where nothing was found', () => {
    const text = renderSarif([], {
      folder: '/srv/project',
      rules: [{ code: 'runbook/unknown-target', level: 'warning', markdown: '**why**', tags: ['safety'] }],
    });
    assert.deepEqual(sarifProblems(text), []);
    const [rule] = JSON.parse(text).runs[0].tool.driver.rules;
    assert.equal(rule.defaultConfiguration.level, 'warning');
    assert.equal(rule.help.markdown, '**why**');
    assert.deepEqual(rule.properties.tags, ['runbook', 'safety']);
  });

  test('stays valid and harmless whatever a file, a line or a message holds', () => {
    for (const text of hostileTexts) {
      const hostile: Finding = {
        ...finding,
        message: text,
        fix: text,
        state: text,
        place: { file: `${text.slice(0, 200)}.yaml`, line: 1, column: 1, text },
      };
      const sarif = render([hostile]);
      assert.deepEqual(sarifProblems(sarif), []);
      assert.ok(sarif.isWellFormed());
      assert.doesNotMatch(sarif, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      assert.doesNotMatch(sarif, /^\s*::|##\[|##vso\[/m, 'no command for the log of a CI system');
      const [result] = JSON.parse(sarif).runs[0].results as Result[];
      assert.doesNotMatch(result?.message.text ?? '', /\]\(/, 'no link');
    }
  });
});
