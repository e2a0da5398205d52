// A checked document of cases → cases: short forms written out, each value with its place. Pure.

import { isRecord } from '../../base/index.ts';
import type { Document, Path } from '../../document/index.ts';
import { readFixtureSource } from '../../project/index.ts';
import type { Runbook } from '../../runbook/index.ts';
import type { Expectation, TestCase } from './case.ts';

/** As the schema allows it. */
export interface WrittenCases {
  readonly cases: readonly WrittenCase[];
}

interface WrittenCase {
  readonly name: string;
  readonly fixture?: unknown;
  readonly backups?: unknown;
  readonly now?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly stubs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly confirm?: Readonly<Record<string, string | boolean>>;
  readonly expect: {
    readonly exit?: number;
    readonly failure?: string;
    readonly states?: Readonly<Record<string, string>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly rows?: readonly { readonly target?: string; readonly sql: string; readonly equals: unknown }[];
  };
}

interface WrittenBackup {
  readonly from: unknown;
  readonly at: string;
  readonly label?: string;
}

interface Reading {
  readonly document: Document;
  readonly runbook: Runbook;
  readonly projectFolder: string;
  readonly shownFolder: string;
}

export function readCases({ cases }: WrittenCases, reading: Reading): TestCase[] {
  return cases.map((written, i) => readCase(written, ['cases', i], reading));
}

function readCase(written: WrittenCase, path: Path, reading: Reading): TestCase {
  const { document, runbook } = reading;
  const keyAt = (...more: Path) => document.keyPlace([...path, ...more]);
  const source = (fixture: unknown) => readFixtureSource(fixture, reading.projectFolder, reading.shownFolder);
  const own = { runbook: runbook.name };
  return {
    name: written.name,
    place: document.place([...path, 'name']),
    fixtures: byTarget(written.fixture, isOneFixture, 'fixture', runbook).map(({ target, value, at }) => ({
      ...own,
      name: target,
      source: source(value),
      place: keyAt(...at),
    })),
    backups: byTarget(written.backups, Array.isArray, 'backups', runbook).flatMap(({ target, value, at }) =>
      (value as readonly WrittenBackup[]).map((backup, i) => ({
        ...own,
        name: target,
        source: source(backup.from),
        at: new Date(backup.at),
        ...(backup.label === undefined ? {} : { label: backup.label }),
        place: document.place([...path, ...at, i, 'from']),
      })),
    ),
    stubs: Object.entries(written.stubs ?? {}).map(([step, outputs]) => ({
      ...own,
      name: step,
      outputs,
      place: keyAt('stubs', step),
      placeOf: (output) => keyAt('stubs', step, output),
    })),
    params: written.params ?? {},
    paramPlace: (name) => document.place([...path, 'params', name]),
    answers: new Map(
      Object.entries(written.confirm ?? {}).map(([step, given]) => [
        step,
        {
          given: typeof given === 'string' ? given : given ? 'yes' : 'no',
          place: keyAt('confirm', step),
        },
      ]),
    ),
    ...(written.now === undefined ? {} : { now: new Date(written.now) }),
    expect: readExpectation(written.expect, [...path, 'expect'], reading),
  };
}

function readExpectation(
  { exit = 0, failure, states = {}, outputs = {}, rows = [] }: WrittenCase['expect'],
  path: Path,
  { document, runbook }: Reading,
): Expectation {
  const at = (...more: Path) => document.place([...path, ...more]);
  const keyAt = (...more: Path) => document.keyPlace([...path, ...more]);
  return {
    exit: { value: exit, place: keyAt('exit') },
    ...(failure === undefined ? {} : { failure: { value: failure, place: at('failure') } }),
    states: Object.entries(states).map(([step, value]) => ({ step, value, place: keyAt('states', step) })),
    outputs: Object.entries(outputs).map(([name, value]) => ({
      name,
      value,
      place: keyAt('outputs', name),
    })),
    rows: rows.map(({ target, sql, equals }, i) => ({
      target: target ?? onlyTarget(runbook),
      sql,
      value: equals,
      place: target === undefined ? at('rows', i, 'sql') : at('rows', i, 'target'),
    })),
  };
}

interface OfTarget {
  readonly target: string;
  readonly value: unknown;
  readonly at: Path;
}

/** A value for the only target, or a mapping of targets to values. */
function byTarget(
  written: unknown,
  isOne: (value: unknown) => boolean,
  key: string,
  runbook: Runbook,
): OfTarget[] {
  if (written === undefined) return [];
  if (isOne(written) || !isRecord(written))
    return [{ target: onlyTarget(runbook), value: written, at: [key] }];
  return Object.entries(written).map(([target, value]) => ({ target, value, at: [key, target] }));
}

function isOneFixture(value: unknown): boolean {
  return isRecord(value) && (typeof value.sql === 'string' || typeof value.absent === 'boolean');
}

/** Empty when there is none, or more than one: no target has that name. */
export function onlyTarget({ targets }: Runbook): string {
  const [first, second] = targets.filter(({ isScratch }) => isScratch !== true);
  return first === undefined || second !== undefined ? '' : first.name;
}
