// Inside an engine process of a drill: one run on copies, or one way on from it, as the engine does it everywhere, with a
// fault at the instant that the job names. Whether it went well is for others to judge.

import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Clock, systemClock, version } from '../../base/index.ts';
import { Failure, FindingsFailure } from '../../diagnostic/index.ts';
import { automaticChoices, type Continuation, type RunRequest, runPlan } from '../../engine/index.ts';
import { type Journal, markInterrupted, openJournal, type RunView } from '../../journal/index.ts';
import type { ResolvedRun } from '../../plan/index.ts';
import { rollBack } from '../../recovery/index.ts';
import type { Runbook, Step } from '../../runbook/index.ts';
import type { TargetDriver } from '../../target/index.ts';
import { everybodyAgrees, withoutApprovals } from '../passed-gates.ts';
import { scratchStores } from '../scratch-stores.ts';
import { createStandIn, knowableOutputs } from '../stand-in.ts';
import type { EngineAnswer, EngineJob } from './fault.ts';
import { strikingJournal } from './striking-journal.ts';

export interface EngineTools {
  readonly driver: TargetDriver;
  readonly env: NodeJS.ProcessEnv;
  readonly workingFolder: string;
}

const lockWaitMs = 5000;

/** `resolved`: the run as it was decided, on the targets themselves; the job says what stands for them. */
export async function performJob(
  resolved: ResolvedRun,
  job: EngineJob,
  tools: EngineTools,
): Promise<EngineAnswer> {
  try {
    return await perform(resolved, job, tools);
  } catch (error) {
    if (error instanceof Failure)
      return { kind: 'refused', code: error.code, message: error.message, exitCode: error.exit };
    if (!(error instanceof FindingsFailure)) throw error;
    const [first] = error.findings;
    const { code = 'internal/defect', message = error.message } = first ?? {};
    return { kind: 'refused', code, message, exitCode: error.exit };
  }
}

async function perform(resolved: ResolvedRun, job: EngineJob, tools: EngineTools): Promise<EngineAnswer> {
  const stateFolder = join(job.folder, 'state');
  const clock = clockFrom(new Date(job.clockAt));
  const project = { ...resolved.project, stores: job.stores, stateFolder };
  const stores = await scratchStores(project, job.targets, job.folder);
  const runbook = disturbable(resolved.runbook);
  const standIn = createStandIn(runbook, job.folder, job.leftOut);
  using opened = openJournal(stateFolder, { clock });
  const { journal, isStruck } = strikingJournal(opened, job.strike?.kill, (event) => {
    if (job.keepsStates === true && event.type === 'step-finished') keepState(job, event.step);
  });
  const base: Omit<RunRequest, 'continues'> = {
    resolved: {
      ...resolved,
      runbook,
      project,
      targets: job.targets.map(({ copy }) => ({
        ...copy,
        store: { name: copy.store.name, path: stores.get(copy.store.name)?.location ?? copy.store.path },
      })),
    },
    journal,
    driver: tools.driver,
    rollBack,
    clock,
    now: new Date(job.now),
    lockWaitMs,
    interrupt: new AbortController().signal,
    env: tools.env,
    command: ['belay', 'drill', resolved.runbook.name],
    workingFolder: tools.workingFolder,
    version,
    runId: job.runId,
    gates: everybodyAgrees,
    standIn: { ...standIn, strike: (moment, step) => failAt(job, moment, step) },
    stores,
    onEvent: () => {},
  };
  const continues = job.verb === 'run' ? undefined : await wayOn(job, opened);
  const { exitCode } = await runPlan({ ...base, ...(continues === undefined ? {} : { continues }) });
  const leftOut = {
    notSimulated: Object.fromEntries(standIn.notSimulated),
    stubbed: [...standIn.stubbed],
  };
  return { kind: 'ended', exitCode, leftOut, isStruck: isStruck() };
}

/** What a person would say: `belay resume`, or `belay rollback` and the name of the database. */
async function wayOn({ verb, runId }: EngineJob, journal: Journal): Promise<Continuation> {
  await markInterrupted(journal, runId, 'drill', { isHeld: () => false });
  const view: RunView | undefined = journal.run(runId);
  if (view === undefined)
    throw new Failure('journal/unknown-run', `run \`${runId}\` is not in the journal of the drill`);
  return verb === 'resume'
    ? { kind: 'resume', view, done: [], bypassed: [] }
    : { kind: 'rollback', view, reason: 'the drill', choices: { ...automaticChoices, isByHand: true } };
}

/** The runbook without what only takes time. */
function disturbable(runbook: Runbook): Runbook {
  const quick = (step: Step): Step =>
    step.retry === undefined
      ? step
      : { ...step, retry: { ...step.retry, limit: Math.min(step.retry.limit, 1), intervalMs: 0 } };
  return {
    ...withoutApprovals(runbook),
    preconditions: runbook.preconditions.map(quick),
    steps: withoutApprovals(runbook).steps.map(quick),
    always: runbook.always.map(quick),
    outputs: knowableOutputs(runbook),
  };
}

function failAt({ strike }: EngineJob, moment: 'before' | 'after', step: string): void {
  const fail = strike?.fail;
  if (fail === undefined || fail.step !== step || fail.moment !== moment) return;
  throw new Failure(
    'drill/injected-failure',
    moment === 'before'
      ? 'the drill made this step fail before it did anything'
      : 'the drill made this step fail once it had done its work',
  );
}

/** Nobody writes between two steps. This process has none of the files open through SQLite. */
function keepState({ folder, targets }: EngineJob, step: string): void {
  for (const { copy } of targets) {
    const to = join(folder, 'states', step, copy.name);
    mkdirSync(to, { recursive: true });
    for (const part of ['', '-wal'])
      if (statSync(copy.path + part, { throwIfNoEntry: false })?.isFile())
        copyFileSync(copy.path + part, join(to, basename(copy.path) + part));
  }
}

/** Stands still until it is first asked, which is when the run begins: two runs begin at the same instant. */
function clockFrom(start: Date): Clock {
  let first: number | undefined;
  return {
    now: () => {
      const at = performance.now();
      first ??= at;
      return new Date(start.getTime() + Math.floor(at - first));
    },
    monotonicMs: () => systemClock.monotonicMs(),
  };
}
