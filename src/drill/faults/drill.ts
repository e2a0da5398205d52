// Drills a runbook: runs it on copies again and again, each time with one fault, and says where that leaves the targets.
// The targets themselves are only read, once. Everything lies in a scratch folder that the caller removes; when this
// returns or fails, no process of it is left.

import { join } from 'node:path';
import { actionOf } from '../../action/index.ts';
import type { Clock } from '../../base/index.ts';
import type { ResolvedRun } from '../../plan/index.ts';
import type { TargetDriver } from '../../target/index.ts';
import { openBench } from './bench.ts';
import { openEngines } from './engines.ts';
import { type DrillProgress, injectAll, leastLimitMs } from './inject-all.ts';
import type { DrilledFault, DrillReport } from './report.ts';
import { endRound, type RoundSetup } from './rounds.ts';
import { type Baseline, runUndisturbed } from './undisturbed.ts';

export interface DrillRequest {
  readonly resolved: ResolvedRun;
  readonly driver: TargetDriver;
  readonly clock: Clock;
  readonly now: Date;
  readonly seed: number;
  readonly budgetMs: number;
  /** By the clock of the process: after this no fault is begun. */
  readonly deadlineMs: number;
  /** Private, empty, and gone afterwards. */
  readonly scratchFolder: string;
  /** The program of an engine process, and what it is told first. */
  readonly engine: { readonly entry: string; readonly decide: object; readonly env: NodeJS.ProcessEnv };
  readonly interrupt: AbortSignal;
  readonly onProgress: (progress: DrillProgress) => void;
}

/** Fails as a rehearsal does when the targets cannot be copied. */
export async function drill(request: DrillRequest): Promise<DrillReport> {
  const started = performance.now();
  const { resolved, driver, scratchFolder, clock, now, interrupt } = request;
  const folders = [join(scratchFolder, 'a'), join(scratchFolder, 'b')] as const;
  await using bench = await openBench(resolved.targets, driver, scratchFolder);
  const engines = openEngines({ ...request.engine, interrupt });
  const setup: RoundSetup = { bench, engines, clock, now, stores: resolved.project.stores };
  try {
    const leftMs = (): number => request.deadlineMs - performance.now();
    const baseline = await runUndisturbed(
      setup,
      folders,
      resolved.runbook.steps,
      Math.max(leastLimitMs, leftMs()),
    );
    const drilled = await injectAll(
      { ...setup, leftOut: baseline.leftOut },
      request,
      baseline,
      folders,
      leftMs,
    );
    return reportOf(request, baseline, drilled, Math.round(performance.now() - started));
  } finally {
    await engines[Symbol.asyncDispose]();
    for (const folder of folders) await endRound(folder, now, clock);
  }
}

function reportOf(
  request: DrillRequest,
  { view, leftOut, undisturbed }: Baseline,
  faults: readonly DrilledFault[],
  durationMs: number,
): DrillReport {
  const { runbook } = request.resolved;
  const steps = [...runbook.steps, ...runbook.always];
  const recorded = new Set(faults.map(({ step }) => step));
  const unproven = steps.filter(
    ({ id, effect, rollback, action }) =>
      effect === 'external' &&
      rollback === undefined &&
      actionOf(action ?? '')?.undoOf === undefined &&
      leftOut.notSimulated[id] === undefined,
  );
  return {
    runbook: runbook.name,
    title: runbook.title,
    file: runbook.file,
    seed: request.seed,
    budgetMs: request.budgetMs,
    durationMs,
    isInterrupted: request.interrupt.aborted,
    undisturbed,
    steps: [...recorded].map((id) => {
      const declared = steps.find((step) => step.id === id);
      const title = declared?.title ?? view?.steps.find((step) => step.id === id)?.title ?? id;
      const { file, line } = declared?.place ?? { file: runbook.file, line: 1 };
      return { id, title, file, line };
    }),
    faults,
    stubbed: leftOut.stubbed,
    notSimulated: Object.entries(leftOut.notSimulated).map(([step, reason]) => ({ step, reason })),
    unproven: unproven.map(({ id }) => id),
    gates: view?.gates.map(({ step }) => step) ?? [],
  };
}
