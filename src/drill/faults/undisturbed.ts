// The run as it is without a fault, twice: what it comes to is what disturbed runs are compared with. Where the two differ
// by themselves, content is no measure, and the journal and the checks of the run take its place.

import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView, StoredEvent } from '../../journal/index.ts';
import type { Step } from '../../runbook/index.ts';
import type { Contents } from './bench.ts';
import { type Difference, describeDifference } from './difference.ts';
import type { LeftOut } from './fault.ts';
import type { UndisturbedRun } from './report.ts';
import { type Round, type RoundSetup, runRound } from './rounds.ts';
import { sayable } from './sayable.ts';

export interface Baseline {
  readonly before: Contents;
  readonly after: Contents;
  /** After each step; only where the runbook may keep what a part of it did. */
  readonly states: ReadonlyMap<string, Contents>;
  readonly view?: RunView;
  readonly events: readonly StoredEvent[];
  readonly leftOut: LeftOut;
  readonly undisturbed: UndisturbedRun;
  /** By target: where the two differ by themselves. */
  readonly differs: ReadonlyMap<string, Difference>;
  readonly roundMs: number;
}

export const afterName = 'after';

/** SQLite tells the time in seconds: what depends on it differs between two runs that do not begin in the same one. */
const apartMs = 1050;

/** Each in its folder; these are free again when it resolves. */
export async function runUndisturbed(
  setup: RoundSetup,
  folders: readonly [string, string],
  steps: readonly Step[],
  limitMs: number,
): Promise<Baseline> {
  const { bench } = setup;
  const [folder, other] = folders;
  const keepsStates = steps.some(({ onFailure, accept }) => onFailure === 'abort' || accept === true);
  await bench.lay(folder);
  const before = await bench.contentsOf(folder);
  const [first, second] = await Promise.all([
    runRound(setup, { folder, keepsStates, limitMs }),
    sleep(apartMs).then(() => runRound(setup, { folder: other, limitMs })),
  ]);
  const after = await bench.contentsOf(folder);
  const again = await bench.contentsOf(other);
  await bench.keep(folder, afterName);
  const states = keepsStates ? await bench.statesOf(folder) : new Map<string, Contents>();
  const differs = new Map<string, Difference>();
  for (const target of Object.keys(after))
    if (after[target] !== again[target])
      differs.set(target, await bench.differenceTo(other, target, afterName));
  await bench.retire(folder, () => {});
  await bench.retire(other, () => {});
  const { view, events } = first;
  return {
    before,
    after,
    states,
    ...(view === undefined ? {} : { view }),
    events,
    leftOut: first.first.kind === 'ended' ? first.first.leftOut : { notSimulated: {}, stubbed: [] },
    undisturbed: {
      ...sayable(outcomeOf(first), bench.targetsIn(folder)),
      differs: [...differs].map(([target, difference]) => ({ target, what: describeDifference(difference) })),
    },
    differs,
    roundMs: Math.max(first.durationMs, second.durationMs),
  };
}

function outcomeOf({ first, view, problems, events }: Round): Omit<UndisturbedRun, 'differs'> {
  const exitCode = first.kind === 'ended' || first.kind === 'refused' ? first.exitCode : 1;
  const isGood = (exitCode === 0 || exitCode === 11) && problems.length === 0;
  const failure = first.kind === 'refused' ? first.message : (view?.failure?.message ?? problems.join('; '));
  const failedStep = view?.failedStep ?? preconditionOf(events);
  return {
    state: view?.state ?? 'refused',
    exitCode,
    ...(isGood ? {} : { problem: failure }),
    ...(isGood || failedStep === undefined ? {} : { failedStep }),
  };
}

function preconditionOf(events: readonly StoredEvent[]): string | undefined {
  for (const { event } of events)
    if (event.type === 'precondition-checked' && event.result !== 'met') return event.step;
  return undefined;
}
