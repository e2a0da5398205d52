// Results of test cases for programs: JSON, JUnit, findings.

import { formatCount } from '../base/index.ts';
import type { Finding } from '../diagnostic/index.ts';
import type { CaseResult } from '../drill/index.ts';
import { findingToJson, type JunitCase, type JunitSuite, renderFindings } from '../render/index.ts';
import type { Reported } from './reports.ts';
import type { FileResult } from './run-cases.ts';

export interface TestReport extends Reported {
  /** As `--output json` promises it (docs/json-output.md). */
  readonly json: object;
  readonly closing: string;
}

/** `invalid` is what was wrong before any case could run. */
export function testReport(files: readonly FileResult[], invalid: readonly Finding[]): TestReport {
  const results = files.flatMap(({ results: each }) => each);
  const count = (state: CaseResult['state']) => results.filter((result) => result.state === state).length;
  const [passed, failed, errored] = [count('passed'), count('failed'), count('errored')];
  return {
    command: 'test',
    findings: [...invalid, ...results.flatMap(({ findings }) => findings)],
    suites: [...files.map(asSuite), ...(invalid.length === 0 ? [] : [invalidSuite(invalid)])],
    json: {
      passed,
      failed,
      errored,
      cases: files.flatMap(({ file, results: each }) => each.map((result) => toJson(file.file, result))),
      findings: invalid.map(findingToJson),
    },
    closing: [
      results.length === 0 ? 'no test cases' : `${formatCount(results.length, 'case')}: ${passed} passed`,
      ...(failed === 0 ? [] : [`${failed} failed`]),
      ...(errored === 0 ? [] : [`${errored} could not be run`]),
      ...(invalid.length === 0 ? [] : [`${formatCount(invalid.length, 'finding')} in the files`]),
    ].join(', '),
  };
}

function toJson(file: string, { test, state, exitCode, durationMs, findings }: CaseResult): object {
  return {
    name: test.name,
    file,
    line: test.place.line,
    state,
    ...(exitCode === undefined ? {} : { exitCode }),
    durationMs,
    findings: findings.map(findingToJson),
  };
}

function asSuite({ file, results }: FileResult): JunitSuite {
  return {
    name: file.file,
    cases: results.map(({ test, state, durationMs, findings }): JunitCase => {
      const problem = findings.length === 0 ? undefined : problemOf(findings);
      return {
        name: test.name,
        className: file.runbook.name,
        file: file.file,
        line: test.place.line,
        durationMs,
        ...(problem === undefined ? {} : state === 'errored' ? { error: problem } : { failure: problem }),
      };
    }),
  };
}

function invalidSuite(findings: readonly Finding[]): JunitSuite {
  return {
    name: 'files of cases',
    cases: findings.map((finding) => ({
      name: `${finding.place?.file ?? ''}:${finding.place?.line ?? 1}`,
      ...(finding.place === undefined ? {} : { file: finding.place.file, line: finding.place.line }),
      error: problemOf([finding]),
    })),
  };
}

function problemOf(findings: readonly Finding[]): NonNullable<JunitCase['failure']> {
  return {
    message: findings.map(({ message }) => message).join('; '),
    details: renderFindings(findings, { width: 100, hasColor: false }),
  };
}
