// Results as a JUnit report, in the form that Jenkins publishes a schema for and every CI system reads.

import { escapeXmlAttribute, escapeXmlText } from './xml.ts';

export interface JunitProblem {
  readonly message: string;
  readonly details?: string;
}

export interface JunitCase {
  readonly name: string;
  /** `belay` and the suite when absent. */
  readonly className?: string;
  readonly file?: string;
  readonly line?: number;
  readonly durationMs?: number;
  /** What was tested is not as it should be. */
  readonly failure?: JunitProblem;
  /** It could not be decided. */
  readonly error?: JunitProblem;
  /** Why it was not tried. */
  readonly skipped?: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** An attribute is one line in every list of failures; the details hold the rest. */
const longestMessage = 1000;
const longestDetails = 64 * 1024;

export function renderJunit(suites: readonly JunitSuite[]): string {
  const all = suites.flatMap((suite) => suite.cases);
  const { tests, failures, errors } = counts(all);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'belay', tests, failures, errors, time: seconds(all) })}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines({ name, cases }: JunitSuite): string[] {
  return [
    `  <testsuite${attributes({ name, ...counts(cases), time: seconds(cases) })}>`,
    ...cases.flatMap((each) => caseLines(name, each)),
    '  </testsuite>',
  ];
}

function caseLines(suite: string, each: JunitCase): string[] {
  const head = attributes({
    name: each.name,
    classname: each.className ?? `belay.${suite}`,
    time: each.durationMs === undefined ? undefined : seconds([each]),
  });
  const inner = [
    ...(each.error === undefined ? [] : [problem('error', each.error, each)]),
    ...(each.failure === undefined ? [] : [problem('failure', each.failure, each)]),
    ...(each.skipped === undefined ? [] : [`<skipped${attributes({ message: short(each.skipped) })}/>`]),
  ];
  if (inner.length === 0) return [`    <testcase${head}/>`];
  return [`    <testcase${head}>`, ...inner.map((line) => `      ${line}`), '    </testcase>'];
}

/** The schema has no attribute for the place of a case: it is the first line of the text. */
function problem(
  tag: 'error' | 'failure',
  { message, details }: JunitProblem,
  { file, line }: JunitCase,
): string {
  const place = file === undefined ? [] : [line === undefined ? file : `${file}:${line}`];
  const text = clip([...place, details ?? message].join('\n'), longestDetails);
  return `<${tag}${attributes({ message: short(message), type: tag })}>${escapeXmlText(text)}</${tag}>`;
}

function counts(
  cases: readonly JunitCase[],
): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', string>> {
  const count = (has: (each: JunitCase) => boolean) => String(cases.filter(has).length);
  return {
    tests: String(cases.length),
    failures: count((each) => each.failure !== undefined && each.error === undefined),
    errors: count((each) => each.error !== undefined),
    skipped: count((each) => each.skipped !== undefined),
  };
}

function seconds(cases: readonly JunitCase[]): string {
  return (cases.reduce((sum, each) => sum + (each.durationMs ?? 0), 0) / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXmlAttribute(value)}"`))
    .join('');
}

function short(text: string): string {
  return clip(text, longestMessage);
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more characters)`;
}
