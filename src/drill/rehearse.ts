// Runs a runbook for real on copies: own targets, own state folder, own store, own journal, all in one folder that the
// caller removes. The live targets are only read; the journal of the project learns nothing of it.

import { join } from 'node:path';
import { replaceTexts } from '../base/index.ts';
import { type RunRequest, runPlan } from '../engine/index.ts';
import { openJournal, type RunView } from '../journal/index.ts';
import { assertFresh, needsLease, type ResolvedRun } from '../plan/index.ts';
import { type DatabaseDifference, realPathOf, type TargetDriver } from '../target/index.ts';
import { everybodyAgrees, withoutApprovals } from './passed-gates.ts';
import type { RehearsalReport, RehearsedTarget } from './report.ts';
import { stepReports } from './report-steps.ts';
import { scratchStores } from './scratch-stores.ts';
import { bytesOf, copyTargets, type ScratchTarget } from './scratch-targets.ts';
import { createStandIn, knowableOutputs } from './stand-in.ts';

export interface RehearseRequest
  extends Omit<RunRequest, 'journal' | 'standIn' | 'stores' | 'continues' | 'hangup' | 'resolved'> {
  readonly resolved: ResolvedRun;
  /** Steps whose approval is taken as given; absent: all. Another one waits. */
  readonly approved?: ReadonlySet<string>;
  /** Private, empty, and gone afterwards. */
  readonly scratchFolder: string;
}

export interface Rehearsed {
  readonly report: RehearsalReport;
  /** As the run on the copies recorded it. */
  readonly view: RunView;
  readonly targets: readonly ScratchTarget[];
}

/**
 * Without `gates` everybody agrees.
 *
 * Fails before anything runs with `drill/no-room`, `run/bad-secret`, `plan/stale`, and with the problem of a target.
 */
export async function rehearse(request: RehearseRequest): Promise<Rehearsed> {
  const { resolved, scratchFolder, driver, clock, planned, ...rest } = request;
  const targets = await copyTargets(resolved.targets, driver, scratchFolder);
  if (planned !== undefined)
    assertFresh(planned, resolved, Object.fromEntries(targets.map(({ live, facts }) => [live.name, facts])));
  const stores = await scratchStores(resolved.project, targets, scratchFolder);
  const standIn = createStandIn(resolved.runbook, scratchFolder);
  const stateFolder = join(scratchFolder, 'state');
  const onCopies: ResolvedRun = {
    ...resolved,
    runbook: {
      ...withoutApprovals(resolved.runbook, request.approved),
      outputs: knowableOutputs(resolved.runbook),
    },
    project: { ...resolved.project, stateFolder },
    targets: targets.map(({ copy }) => ({
      ...copy,
      store: { name: copy.store.name, path: stores.get(copy.store.name)?.location ?? copy.store.path },
    })),
  };
  using journal = openJournal(stateFolder, { clock });
  const { view, exitCode } = await runPlan({
    gates: everybodyAgrees,
    ...rest,
    driver,
    clock,
    resolved: onCopies,
    journal,
    standIn,
    stores,
  });
  const effects: RehearsedTarget[] = [];
  for (const target of targets) effects.push(await effectsOn(target, request));
  const report = asOfLive(
    {
      runbook: resolved.runbook.name,
      title: resolved.runbook.title,
      exitCode,
      state: view.state,
      ...(view.failure === undefined ? {} : { failure: view.failure }),
      ...(view.failedStep === undefined ? {} : { failedStep: view.failedStep }),
      steps: stepReports(view, standIn),
      targets: effects,
      gates: view.gates.map(({ step }) => step),
      warnings: view.warnings,
    },
    targets,
  );
  return { report, view, targets };
}

async function effectsOn(
  { live, copy, before, bytesBefore }: ScratchTarget,
  { resolved, driver, scratchFolder }: RehearseRequest,
): Promise<RehearsedTarget> {
  const base = {
    name: live.name,
    path: (live.standsFor?.target ?? live).path,
    bytesBefore,
    bytesAfter: await bytesOf(copy.path),
  };
  if (!needsLease(resolved, live.name)) return { ...base, reason: 'no step writes to it' };
  if (before === undefined) return { ...base, reason: 'it was not there before' };
  try {
    return { ...base, effects: await difference(driver, copy, before, scratchFolder) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...base, reason: `before and after cannot be compared: ${why}` };
  }
}

async function difference(
  driver: TargetDriver,
  copy: ScratchTarget['copy'],
  before: string,
  scratchFolder: string,
): Promise<DatabaseDifference> {
  await using session = await driver.openForReading(copy, { busyTimeoutMs: 0, scratchFolder });
  return await session.compareWith(before);
}

/** What was said of the copies is said of the targets, and of what those stand for. */
function asOfLive(report: RehearsalReport, targets: readonly ScratchTarget[]): RehearsalReport {
  return replaceTexts(
    report,
    targets.flatMap(({ live, copy }): [string, string][] => {
      const { path } = live.standsFor?.target ?? live;
      return [
        [copy.path, path],
        [realPathOf(copy.path), path],
        ...(live.standsFor === undefined ? [] : [[live.path, path] as [string, string]]),
      ];
    }),
  );
}
