// One round: a run in a folder of its own, disturbed once, and brought to its end as an operator would. Says what was
// seen; judges nothing.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, createId, formatDuration } from '../../base/index.ts';
import { exitCodes } from '../../diagnostic/index.ts';
import { finalRunStates, openJournal, type RunView, type StoredEvent } from '../../journal/index.ts';
import { inspectLease } from '../../lease/index.ts';
import { endRecordedProcess, type RecordedProcess, survivors } from '../../process/index.ts';
import type { Project } from '../../project/index.ts';
import { realPathOf } from '../../target/index.ts';
import type { Bench } from './bench.ts';
import type { EngineEnd, Engines } from './engines.ts';
import type { EngineJob, FaultKind, LeftOut, Strike } from './fault.ts';

export interface RoundSetup {
  readonly bench: Bench;
  readonly engines: Engines;
  readonly clock: Clock;
  readonly now: Date;
  readonly stores: Project['stores'];
  readonly leftOut?: LeftOut;
}

export interface RoundRequest {
  readonly folder: string;
  readonly strike?: Strike;
  /** Which way on after a kill. */
  readonly kind?: FaultKind;
  readonly keepsStates?: boolean;
  readonly limitMs: number;
}

export interface Round {
  /** Absent: the run was refused before it was recorded, or is not there. */
  readonly view?: RunView;
  readonly events: readonly StoredEvent[];
  readonly first: EngineEnd;
  /** What it said of the data when it stopped for a person by itself. */
  readonly stoppedAt?: string;
  readonly problems: readonly string[];
  readonly trail: readonly string[];
  readonly durationMs: number;
}

/** A kill may be followed by a refused resume, and that by a rollback. */
const maxWays = 4;
/** The watchdog of a SQL child ends it within two seconds. */
const quietMs = 4000;

export async function runRound(setup: RoundSetup, request: RoundRequest): Promise<Round> {
  const started = performance.now();
  const { bench, engines, clock } = setup;
  const { folder, strike } = request;
  await bench.lay(folder);
  const job = (verb: EngineJob['verb'], more: Partial<EngineJob>): EngineJob => ({
    verb,
    folder,
    targets: bench.targetsIn(folder),
    stores: setup.stores,
    runId,
    now: setup.now.toISOString(),
    clockAt: new Date(setup.now.getTime() + performance.now() - started).toISOString(),
    ...(setup.leftOut === undefined || verb === 'run' ? {} : { leftOut: setup.leftOut }),
    ...more,
  });
  const runId = fixedRunId(setup.now);
  const first = await engines.perform(
    job('run', {
      ...(strike === undefined ? {} : { strike }),
      ...(request.keepsStates === undefined ? {} : { keepsStates: request.keepsStates }),
    }),
    request.limitMs,
  );
  const trail = [`run: ${wordOf(first)}`];
  const problems = problemsOf('run', first);
  let stoppedAt: string | undefined;
  let seen = look(folder, runId, clock);
  for (let way = 0; strike !== undefined && problems.length === 0; way++) {
    const { view } = seen;
    if (view === undefined || isSettled(view)) break;
    const wasKilled = first.kind === 'killed';
    if (way === 0 && !wasKilled) stoppedAt = view.dataState ?? view.state;
    if (way === maxWays || (way > 0 && view.state === 'rollback-failed' && !wasKilled)) break;
    const verb = way === 0 && wasKilled && request.kind === 'resume' ? 'resume' : 'rollback';
    const end = await engines.perform(job(verb, {}), request.limitMs);
    trail.push(`${verb}: ${wordOf(end)}`);
    problems.push(...problemsOf(verb, end));
    seen = look(folder, runId, clock);
    if (verb === 'rollback' && end.kind !== 'killed') break;
  }
  return {
    ...seen,
    first,
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    problems: [
      ...problems,
      ...seen.problems,
      ...(await leftProcesses(seen.events, runId)),
      ...(seen.view === undefined || !isSettled(seen.view) ? [] : leftLeases(bench, folder)),
    ],
    trail,
    durationMs: Math.round(performance.now() - started),
  };
}

/** Ends what a round that was given up may have left behind. */
export async function endRound(folder: string, now: Date, clock: Clock): Promise<void> {
  const runId = fixedRunId(now);
  for (const recorded of recordedProcesses(look(folder, runId, clock).events))
    await endRecordedProcess(recorded, runId);
}

function look(
  folder: string,
  runId: string,
  clock: Clock,
): {
  readonly view?: RunView;
  readonly events: readonly StoredEvent[];
  readonly problems: readonly string[];
} {
  const stateFolder = join(folder, 'state');
  if (!existsSync(join(stateFolder, 'journal.db'))) return { events: [], problems: [] };
  using journal = openJournal(stateFolder, { clock, readOnly: true });
  const view = journal.run(runId);
  const audit = journal.audit();
  const isOpen = view !== undefined && isSettled(view) && journal.unfinished().length > 0;
  return {
    ...(view === undefined ? {} : { view }),
    events: journal.events(runId),
    problems: [
      ...(audit.ok ? [] : [`the journal is not whole: ${audit.problem ?? ''}`]),
      ...(isOpen ? ['`status` still names a run that has not ended'] : []),
    ],
  };
}

function isSettled({ state }: RunView): boolean {
  return finalRunStates.has(state) && state !== 'rollback-failed';
}

function wordOf(end: EngineEnd): string {
  switch (end.kind) {
    case 'ended':
      return String(end.exitCode);
    case 'refused':
      return `${end.exitCode} ${end.code}`;
    default:
      return end.kind;
  }
}

function problemsOf(verb: string, end: EngineEnd): string[] {
  if (end.kind === 'lost') return [`${verb}: ${end.why}`];
  if (end.kind === 'killed') return [];
  return end.exitCode === exitCodes.defect
    ? [`${verb} ends with a defect${end.kind === 'refused' ? `: ${end.message}` : ''}`]
    : [];
}

function recordedProcesses(events: readonly StoredEvent[]): RecordedProcess[] {
  return events.flatMap(({ event }) => (event.type === 'process-started' ? [event] : []));
}

async function leftProcesses(events: readonly StoredEvent[], runId: string): Promise<string[]> {
  const recorded = recordedProcesses(events);
  const until = performance.now() + quietMs;
  for (;;) {
    const left = recorded.flatMap((each) => survivors(each, runId));
    if (left.length === 0) return [];
    if (performance.now() > until) {
      for (const each of recorded) await endRecordedProcess(each, runId);
      return [`process ${left.join(', ')} of the run was still there after ${formatDuration(quietMs)}`];
    }
    await sleep(20);
  }
}

function leftLeases(bench: Bench, folder: string): string[] {
  return bench.targetsIn(folder).flatMap(({ live, copy }) => {
    const { state } = inspectLease(realPathOf(copy.path));
    return state === 'free' ? [] : [`the lease of \`${live.name}\` was not given back (${state})`];
  });
}

/** The same in every round: what a run writes of itself is then the same too. */
function fixedRunId(now: Date): string {
  return createId('run', now).replace(/....$/, 'drll');
}
