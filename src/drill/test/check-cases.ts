// What is wrong with cases: names that their runbook does not have, stubs and answers that do not fit, files that are
// missing. Opens no database.

import { nearestName } from '../../base/index.ts';
import type { Code, Finding, Place } from '../../diagnostic/index.ts';
import { protectionStep } from '../../plan/index.ts';
import { type Runbook, resolveParams, type Step } from '../../runbook/index.ts';
import { missingFixture } from '../make-fixture.ts';
import { withStubs } from '../stubs.ts';
import type { TestCase } from './case.ts';

export function checkCases(cases: readonly TestCase[], runbook: Runbook): Finding[] {
  return [...duplicates(cases), ...cases.flatMap((each) => checkCase(each, runbook))];
}

function checkCase(test: TestCase, runbook: Runbook): Finding[] {
  const steps = stepsOf(runbook).map(({ id }) => id);
  const targets = targetNames(runbook);
  const { states, outputs, rows } = test.expect;
  return [
    ...[...test.fixtures, ...test.backups].flatMap(({ name, place }) =>
      known('target', name, targets, runbook, place),
    ),
    ...[...test.fixtures, ...test.backups].flatMap(({ source, place }) => {
      const missing = missingFixture(source, place);
      return missing === undefined ? [] : [missing.toFinding()];
    }),
    ...test.stubs.flatMap(({ name, place }) => known('step', name, steps, runbook, place)),
    ...withStubs(runbook, test.stubs).findings,
    ...checkParams(test, runbook),
    ...checkAnswers(test, runbook),
    ...states.flatMap(({ step, place }) =>
      known('step', step, [...steps, ...targets.map(protectionStep)], runbook, place),
    ),
    ...outputs.flatMap(({ name, place }) =>
      known('output', name, Object.keys(runbook.outputs), runbook, place),
    ),
    ...rows.flatMap(({ target, place }) => known('target', target, targets, runbook, place)),
  ];
}

function known(
  kind: 'target' | 'step' | 'output',
  name: string,
  names: readonly string[],
  runbook: Runbook,
  place: Place,
): Finding[] {
  if (names.includes(name)) return [];
  const near = nearestName(name, names);
  const listed = names.map((each) => `\`${each}\``).join(', ');
  const message =
    name === ''
      ? `\`${runbook.name}\` has ${names.length} targets: say which is meant`
      : `\`${runbook.name}\` has no ${kind} \`${name}\``;
  const fix =
    near !== undefined && name !== '' ? `did you mean \`${near}\`?` : `its ${kind}s: ${listed || 'none'}`;
  return [error('test/unknown-name', message, place, fix)];
}

function checkParams({ params, paramPlace }: TestCase, runbook: Runbook): Finding[] {
  return Object.entries(params).flatMap(([name, value]) => {
    const { findings } = resolveParams(
      runbook,
      { environment: { [name]: value } },
      { cwd: runbook.projectFolder, projectFolder: runbook.projectFolder },
    );
    return findings
      .filter(({ code }) => code !== 'runbook/param-missing')
      .map((finding) => ({
        ...finding,
        message: finding.message.replace(/, given by the environment,?/, ''),
        place: paramPlace(name),
      }));
  });
}

function checkAnswers({ answers }: TestCase, runbook: Runbook): Finding[] {
  const gates = new Map(
    stepsOf(runbook).flatMap(({ id, gate }) => (gate === undefined ? [] : [[id, gate] as const])),
  );
  return [...answers].flatMap(([step, { given, place }]): Finding[] => {
    const gate = gates.get(step);
    if (gate === undefined) {
      const names = [...gates.keys()];
      const near = nearestName(step, names);
      const fix =
        near === undefined
          ? `its gates: ${names.map((each) => `\`${each}\``).join(', ') || 'none'}`
          : `did you mean \`${near}\`?`;
      return [
        error('test/unknown-name', `\`${runbook.name}\` has no step \`${step}\` with a gate`, place, fix),
      ];
    }
    const takesText = gate.kind === 'confirm' && gate.expect !== undefined;
    if (takesText || given === 'yes' || given === 'no') return [];
    return [
      error(
        'test/bad-answer',
        `the gate of step \`${step}\` asks for no text; found \`${given}\``,
        place,
        'answer `yes` or `no`',
      ),
    ];
  });
}

function duplicates(cases: readonly TestCase[]): Finding[] {
  return cases.flatMap(({ name, place }, i) => {
    const first = cases.findIndex((each) => each.name === name);
    if (first === i) return [];
    const line = cases[first]?.place.line;
    return [
      error(
        'test/duplicate-name',
        `two cases are called \`${name}\``,
        place,
        `rename one of them; the other is at line ${line}`,
      ),
    ];
  });
}

export function targetNames({ targets }: Runbook): string[] {
  return targets.filter(({ isScratch }) => isScratch !== true).map(({ name }) => name);
}

function stepsOf({ preconditions, steps, always }: Runbook): Step[] {
  return [...preconditions, ...steps, ...always].flatMap((step) => [...step.preconditions, step]);
}

function error(code: Code, message: string, place: Place, fix: string): Finding {
  return { code, level: 'error', message, place, fix };
}
