// Runs one case: fixtures and backups made, the runbook run for real on copies of them with its own journal and stores,
// its outcome compared with what the case expects. Live targets are neither read nor written.

import { replaceTexts } from '../../base/index.ts';
import { exitCodes, Failure, type Finding, FindingsFailure, hasErrors } from '../../diagnostic/index.ts';
import type { RunRequest } from '../../engine/index.ts';
import { resolveRun } from '../../plan/index.ts';
import type { Environment, Project } from '../../project/index.ts';
import { type Runbook, resolveParams } from '../../runbook/index.ts';
import type { TargetSpec } from '../../target/index.ts';
import { type Fixtures, putOnFixtures } from '../fixtures.ts';
import { type Rehearsed, rehearse } from '../rehearse.ts';
import { withStubs } from '../stubs.ts';
import { answerGates, approvedSteps } from './answer-gates.ts';
import type { TestCase } from './case.ts';
import { targetNames } from './check-cases.ts';
import { compareOutcome, type Outcome } from './compare-outcome.ts';
import { compareRows } from './compare-rows.ts';

export interface CaseRequest
  extends Pick<RunRequest, 'driver' | 'clock' | 'interrupt' | 'env' | 'rollBack' | 'command' | 'version'> {
  readonly test: TestCase;
  readonly runbook: Runbook;
  readonly project: Project;
  /** Gives what the case does not say. */
  readonly environment?: Environment;
  /** Private, empty, and gone afterwards. */
  readonly scratchFolder: string;
}

export interface CaseResult {
  readonly test: TestCase;
  /** `errored`: it could not be run. */
  readonly state: 'passed' | 'failed' | 'errored';
  readonly findings: readonly Finding[];
  /** Of the run; absent when there was none. */
  readonly exitCode?: number;
  readonly durationMs: number;
}

/** Never throws for what a case or its runbook does. */
export async function runCase(request: CaseRequest): Promise<CaseResult> {
  const { clock, test } = request;
  const started = clock.monotonicMs();
  const result = (
    state: CaseResult['state'],
    findings: readonly Finding[],
    exitCode?: number,
  ): CaseResult => ({
    test,
    state,
    findings,
    ...(exitCode === undefined ? {} : { exitCode }),
    durationMs: Math.round(clock.monotonicMs() - started),
  });
  try {
    const { outcome, findings } = await run(request);
    return result(findings.length > 0 ? 'failed' : 'passed', findings, outcome.exitCode);
  } catch (error) {
    if (error instanceof Failure) return result('errored', [placed(error.toFinding(), test)]);
    if (error instanceof FindingsFailure)
      return result(
        'errored',
        error.findings.map((finding) => placed(finding, test)),
      );
    throw error;
  }
}

async function run(
  request: CaseRequest,
): Promise<{ readonly outcome: Outcome; readonly findings: readonly Finding[] }> {
  const { test, environment, scratchFolder, driver } = request;
  const now = test.now ?? environment?.now ?? request.clock.now();
  const { runbook, findings } = withStubs(request.runbook, [...test.stubs, ...(environment?.stubs ?? [])]);
  if (findings.length > 0) throw new FindingsFailure(findings, exitCodes.invalid);
  const fixtures = fixturesOf(test, environment);
  requireFixtures(test, fixtures, runbook);
  const decided = resolveRun({
    runbook,
    project: { ...request.project, folder: runbook.projectFolder },
    ...paramsOf(request),
    now,
  });
  const { resolved, asDeclared } = await putOnFixtures(decided, fixtures, { driver, scratchFolder });
  const { outcome, targets } = await outcomeOf(request, resolved, now);
  const shown = asDeclared(replaceTexts(outcome, namesOf(targets)));
  const rows = await compareRows(test, targets, { driver, scratchFolder });
  return { outcome: shown, findings: [...compareOutcome(test, shown), ...rows] };
}

/** A run that is refused before it begins has its exit code too. */
async function outcomeOf(
  { test, scratchFolder, ...request }: CaseRequest,
  resolved: Parameters<typeof rehearse>[0]['resolved'],
  now: Date,
): Promise<{ readonly outcome: Outcome; readonly targets: readonly TargetSpec[] }> {
  let rehearsed: Rehearsed;
  try {
    rehearsed = await rehearse({
      ...request,
      resolved,
      scratchFolder,
      now,
      lockWaitMs: 1000,
      workingFolder: scratchFolder,
      gates: answerGates(test),
      approved: approvedSteps(test),
      onEvent: () => {},
    });
  } catch (error) {
    if (!(error instanceof Failure) || error.exit !== exitCodes.refused || error.code.startsWith('drill/'))
      throw error;
    const { code, message } = error;
    return {
      outcome: { exitCode: error.exit, failure: { code, message }, steps: [], outputs: {} },
      targets: resolved.targets,
    };
  }
  const { report, view, targets } = rehearsed;
  return {
    outcome: {
      exitCode: report.exitCode,
      ...(report.failure === undefined ? {} : { failure: report.failure }),
      ...(report.failedStep === undefined ? {} : { failedStep: report.failedStep }),
      steps: report.steps,
      outputs: view.outputs ?? {},
    },
    targets: targets.map(({ copy }) => copy),
  };
}

/** What a case declares goes before what its environment does. */
function fixturesOf(test: TestCase, environment: Environment | undefined): Fixtures {
  const named = new Set(test.backups.map(({ name }) => name));
  return {
    fixtures: [...test.fixtures, ...(environment?.fixtures ?? [])],
    backups: [...test.backups, ...(environment?.backups ?? []).filter(({ name }) => !named.has(name))],
  };
}

function requireFixtures(test: TestCase, { fixtures }: Fixtures, runbook: Runbook): void {
  const names = new Set(
    fixtures
      .filter((each) => each.runbook === undefined || each.runbook === runbook.name)
      .map(({ name }) => name),
  );
  const missing = targetNames(runbook).filter((name) => !names.has(name));
  if (missing.length === 0) return;
  const words = missing.map((name) => `\`${name}\``).join(', ');
  throw new Failure('test/no-fixture', `the case has no fixture for ${words}`, {
    place: test.place,
    state: 'nothing was run: a case never runs on a live database',
    fix: missing.length === 1 ? 'add `fixture: FILE`' : `add \`fixture: { ${missing[0]}: FILE, … }\``,
  });
}

function paramsOf({ test, runbook, environment }: CaseRequest) {
  const known = new Set(runbook.params.map(({ name }) => name));
  const given = Object.entries(environment?.params ?? {}).filter(([name]) => known.has(name));
  const { values, namedPaths, findings } = resolveParams(
    runbook,
    { environment: { ...Object.fromEntries(given), ...test.params } },
    { cwd: runbook.projectFolder, projectFolder: runbook.projectFolder },
  );
  if (!hasErrors(findings)) return { params: values, namedPaths };
  throw new FindingsFailure(
    findings.map((finding) =>
      finding.code === 'runbook/param-missing'
        ? { ...finding, place: test.place, fix: 'add it under `params` of the case' }
        : finding,
    ),
    exitCodes.invalid,
  );
}

function namesOf(targets: readonly TargetSpec[]): (readonly [string, string])[] {
  return targets.map(({ path, standsFor }) => [path, standsFor?.target.path ?? path]);
}

/** A finding without a place of its own is about the case. */
function placed(finding: Finding, { place }: TestCase): Finding {
  return finding.place === undefined ? { ...finding, place } : finding;
}
