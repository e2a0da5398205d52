// Every fault of every step, one after another in each of two folders, until all are done or the time is used up.

import { formatDuration } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { StoredEvent } from '../../journal/index.ts';
import type { ResolvedRun } from '../../plan/index.ts';
import { type Fault, type FaultKind, faultKinds } from './fault.ts';
import { lookAt } from './look-at.ts';
import type { DrilledFault } from './report.ts';
import { type RoundSetup, runRound } from './rounds.ts';
import { seeded } from './seeded.ts';
import { strikeFor } from './strike-for.ts';
import type { Baseline } from './undisturbed.ts';

export interface Injection {
  readonly resolved: ResolvedRun;
  readonly seed: number;
  readonly budgetMs: number;
  readonly interrupt: AbortSignal;
  readonly onProgress: (progress: DrillProgress) => void;
}

/** One kind of fault is through, with all steps. */
export interface DrillProgress {
  readonly kind: FaultKind;
  readonly injected: number;
  readonly holes: number;
}

/** In the order in which most is learned first, should time run out. */
const order: readonly FaultKind[] = ['after', 'kill', 'rollback', 'sql', 'resume', 'before'];
/** Of one run: on a busy machine it takes its time. */
export const leastLimitMs = 30_000;
/** Of the time that an undisturbed run takes. */
const limitFactor = 20;

/** By step, in the order of the run; of each step by fault. */
export async function injectAll(
  setup: RoundSetup,
  request: Injection,
  baseline: Baseline,
  folders: readonly string[],
  leftMs: () => number,
): Promise<DrilledFault[]> {
  const steps = stepsOf(baseline, request.resolved);
  const results = new Map<string, DrilledFault>();
  const failedAfter = new Map<string, readonly StoredEvent[]>();
  const written = new Map<string, string>();
  const inject = async (fault: Fault, folder: string): Promise<DrilledFault> => {
    const { step, kind } = fault;
    const chosen = strikeFor(fault, baseline, failedAfter.get(step), seeded(request.seed, keyOf(fault)));
    const notInjected = (verdict: 'none' | 'late', reason: string): DrilledFault => ({
      step,
      fault: kind,
      verdict,
      reason,
      durationMs: 0,
    });
    const interrupted = notInjected('late', 'interrupted');
    if ('whyNot' in chosen && chosen.isLate !== true) return notInjected('none', chosen.whyNot);
    if (request.interrupt.aborted) return interrupted;
    if ('whyNot' in chosen || leftMs() <= 0)
      return notInjected('late', `the budget of ${formatDuration(request.budgetMs)} was used up`);
    const { strike } = chosen;
    const limitMs = Math.max(leastLimitMs, baseline.roundMs * limitFactor);
    const round = await runRound(setup, { folder, strike, kind, limitMs });
    if (request.interrupt.aborted) return interrupted;
    if (kind === 'after') failedAfter.set(step, round.events);
    const drilled = await lookAt(fault, round, folder, setup.bench, baseline, request.resolved);
    await setup.bench.retire(folder, (what) => written.set(keyOf(fault), what));
    return drilled;
  };

  for (const kind of order) {
    const queue = steps.map((step): Fault => ({ step, kind }));
    const work = async (folder: string): Promise<void> => {
      for (let fault = queue.shift(); fault !== undefined; fault = queue.shift())
        results.set(keyOf(fault), await inject(fault, folder).catch((error) => unjudged(fault, error)));
    };
    await Promise.all(folders.map(work));
    request.onProgress(progressOf(kind, [...results.values()]));
  }
  await setup.bench.settle();
  return steps.flatMap((step) =>
    faultKinds.flatMap((kind) => {
      const result = results.get(keyOf({ step, kind }));
      if (result === undefined) return [];
      const what = written.get(keyOf({ step, kind }));
      return [what === undefined ? result : { ...result, verdict: 'hole' as const, reason: what }];
    }),
  );
}

/** Those of the runbook, and the engine's own where it has one. */
function stepsOf({ view }: Baseline, { runbook }: ResolvedRun): string[] {
  const recorded = view?.steps.filter(
    ({ kind, state }) => kind === 'step' || kind === 'always' || (kind === 'engine' && state === 'succeeded'),
  );
  return (recorded ?? runbook.steps).map(({ id }) => id);
}

function progressOf(kind: FaultKind, all: readonly DrilledFault[]): DrillProgress {
  const own = all.filter(({ fault, verdict }) => fault === kind && verdict !== 'none' && verdict !== 'late');
  return { kind, injected: own.length, holes: own.filter(({ verdict }) => verdict === 'hole').length };
}

/** What cannot be looked at afterwards is no proof, and hides no other fault. */
function unjudged({ step, kind }: Fault, error: unknown): DrilledFault {
  if (!(error instanceof Failure)) throw error;
  const reason = `what it left cannot be looked at: ${error.message} [${error.code}]`;
  return { step, fault: kind, verdict: 'hole', reason, durationMs: 0 };
}

function keyOf({ step, kind }: Fault): string {
  return `${step} ${kind}`;
}
