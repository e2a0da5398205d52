// Drives a run from its first event to its last. Order of effects: record → lease → facts → stale
// plan → preconditions → steps → always → record the end → give the lease back.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createId, createMasker, type Json } from '../base/index.ts';
import { exitCodes, Failure, FindingsFailure } from '../diagnostic/index.ts';
import { toJson } from '../expression/index.ts';
import type { Lease } from '../lease/index.ts';
import { assertFresh } from '../plan/index.ts';
import { operatorName } from '../process/index.ts';
import { maskJson } from './attempt.ts';
import { bringHome } from './bring-home.ts';
import { warnOfClockJump } from './clock-jump.ts';
import { assertCommitsStand } from './commits-stand.ts';
import { rememberRun, stepsBehind } from './continuation.ts';
import { refuseInUse } from './exclusive.ts';
import { bindingsOf, type Execution, type Progress } from './execution.ts';
import { expireCopies } from './expire-copies.ts';
import { finishRun, type RunOutcome } from './finish.ts';
import { goOn, hasEnded } from './go-on.ts';
import { lastSeen } from './last-seen.ts';
import { takeLeases } from './leases.ts';
import { longestTimerMs, timeoutFailure } from './limit.ts';
import { noteSignals } from './note-signals.ts';
import { obeyPolicy } from './obey-policy.ts';
import type { End, Stop } from './outcome.ts';
import { checkPreconditions } from './preconditions.ts';
import { putBack, reasonOf, settle, wantsRollback } from './put-back.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';
import { runSteps } from './run-steps.ts';
import { createScratchTargets, refuseResumeOfScratch } from './scratch-targets.ts';
import { readSecrets } from './secrets.ts';
import { createServices } from './services.ts';
import { openSessions } from './sessions.ts';
import { sourcesOf } from './sources.ts';
import { startedEvent } from './started-event.ts';
import { runStep } from './step.ts';
import { stopOf } from './stop.ts';
import { assertTargetsStand } from './targets-stand.ts';
import { unanswerableGates } from './unanswerable-gates.ts';

/**
 * Fails before anything is recorded with `policy/…`, `gate/nobody-to-ask`, `run/bad-secret`.
 * After that it returns: what went wrong is in the outcome and in the journal.
 */
export async function runPlan(request: RunRequest): Promise<RunOutcome> {
  const { resolved, journal, clock } = request;
  const isOwnStart = request.continues === undefined && request.standIn === undefined;
  const sources = isOwnStart ? await sourcesOf(resolved) : undefined;
  await obeyPolicy(request, sources);
  const unanswerable = unanswerableGates(request);
  if (unanswerable.length > 0) throw new FindingsFailure(unanswerable, exitCodes.refused);
  refuseResumeOfScratch(request);
  const secrets = readSecrets(resolved.runbook, request.env);
  const masker = createMasker(secrets);

  const startedAt = clock.now();
  const runId = request.continues?.view.id ?? request.runId ?? createId('run', startedAt);
  const recorder = createRecorder(runId, journal, clock, request.onEvent);
  const scratchFolder = join(resolved.project.stateFolder, 'tmp', runId);
  const leases = new Map<string, Lease>();
  const behind = request.continues?.kind === 'resume' ? stepsBehind(request.continues) : new Set<string>();
  if (request.continues === undefined) recorder.record(startedEvent(request, masker, sources));

  const progress: Progress = {
    steps: {},
    preconditions: {},
    facts: {},
    currentStep: 'open',
    hasBegun: false,
    isRollingBack: false,
    protected: new Set(),
    accepted: undefined,
    kept: new Set(),
    inputs: {},
    outputs: {},
    items: {},
    failed: false,
    error: null,
  };
  let isOurs = request.continues === undefined;
  let outcome: RunOutcome;
  try {
    await goOn(request, recorder, leases, masker);
    isOurs = true;
    using _noted = noteSignals(request, recorder, progress);
    let end: End = {};
    try {
      makeScratch(scratchFolder);
      if (request.continues === undefined) await takeLeases(request, recorder, leases);
      end = await drive(request, progress, {
        recorder,
        leases,
        scratchFolder,
        secrets,
        masker,
        startedAt,
        behind,
      });
    } catch (error) {
      // A rollback that could not even begin leaves the run as it was found, to be put back later.
      if (request.continues !== undefined && request.continues.kind !== 'resume') throw error;
      end = { stop: stopOf(error, request.interrupt, progress, masker) };
    }
    outcome = finishRun(request, recorder, end);
  } finally {
    // Not that of a process which is at work on the same run.
    if (isOurs) removeScratch(scratchFolder);
    const isLeaseKept = !hasEnded(journal, runId);
    for (const [target, lease] of leases) {
      if (isLeaseKept) lease[Symbol.dispose]();
      else giveBack(recorder, target, lease);
    }
  }
  // With its leases given back.
  return { ...outcome, view: journal.run(runId) ?? outcome.view };
}

/** What stays costs room, and is private; it says nothing about how the run ended. */
function removeScratch(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}

/**
 * The run has ended and says how: a lease that cannot be emptied, or put on record as free, changes nothing of that. The
 * next run finds the row of one that has ended, and takes it.
 */
function giveBack(recorder: Recorder, target: string, lease: Lease): void {
  try {
    lease.release();
    recorder.record({ type: 'lease-released', target, path: lease.path });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'lease/not-released') warnKept(recorder, error);
  }
}

function warnKept(recorder: Recorder, { message, fix }: Failure): void {
  try {
    recorder.record({ type: 'warning', message: `${message}; when nobody has it any more: ${fix}` });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** Fails with `journal/write-failed`: the state folder takes nothing more. */
function makeScratch(folder: string): void {
  try {
    // A process that was killed leaves half-written copies behind.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Failure(
      'journal/write-failed',
      `the temporary folder of the run, \`${folder}\`, cannot be made`,
      {
        state: 'nothing was done by this command',
        fix: 'make room in the state folder, or name another with `--state`',
        cause,
      },
    );
  }
}

interface Gathered {
  readonly recorder: Recorder;
  readonly leases: ReadonlyMap<string, Lease>;
  readonly scratchFolder: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly masker: ReturnType<typeof createMasker>;
  readonly startedAt: Date;
  /** Steps of a resumed run that need not run again. */
  readonly behind: ReadonlySet<string>;
}

/** Everything between the leases and the end, with the children's lifetime around it. */
async function drive(request: RunRequest, progress: Progress, gathered: Gathered): Promise<End> {
  const { clock } = request;
  const { recorder, leases, scratchFolder, masker } = gathered;
  const scratch = createScratchTargets(request, scratchFolder);
  const resolved = { ...request.resolved, targets: [...request.resolved.targets, ...scratch] };
  const earlier = request.continues === undefined ? [] : request.journal.events(recorder.runId);
  await using sessions = openSessions({
    specs: resolved.targets,
    driver: request.driver,
    leases,
    scratch: new Set(scratch.map(({ name }) => name)),
    recorder,
    busyTimeoutMs: request.lockWaitMs,
    scratchFolder,
    lastSeen: (name) => lastSeen(earlier, name),
    currentStep: () => progress.currentStep,
    released: (name) => progress.kept.delete(name),
    isRollingBack: () => progress.isRollingBack,
  });
  const execution: Execution = {
    resolved,
    recorder,
    journal: request.journal,
    clock,
    now: request.now,
    startedAt: gathered.startedAt,
    operator: operatorName(),
    scratchFolder,
    secrets: Object.fromEntries(gathered.secrets),
    masker,
    sessions,
    ...createServices({ ...request, resolved }, recorder, sessions, masker, scratchFolder),
    interrupt: runSignal(request, resolved.runbook.timeoutMs),
    ...(request.gates === undefined ? {} : { gateKeeper: request.gates }),
    ...(request.standIn === undefined ? {} : { standIn: request.standIn }),
    settle: () => settle(request, execution),
    progress,
  };

  const { continues } = request;
  if (continues !== undefined) rememberRun(progress, continues, request.journal, resolved.runbook.steps);
  if (continues !== undefined && continues.kind !== 'resume') {
    const purpose = continues.kind === 'preview' ? 'preview' : 'put-back';
    const rollback = await putBack(request, execution, continues.reason, continues.choices, purpose);
    if (purpose === 'put-back') await bringHome(execution);
    return { rollback };
  }

  if (continues !== undefined) {
    await execution.settle();
    await assertCommitsStand(execution, request.journal.events(recorder.runId));
  }
  warnOfClockJump(execution, continues !== undefined);
  for (const spec of resolved.targets) progress.facts[spec.name] = await sessions.facts(spec.name);
  if (request.planned !== undefined) assertFresh(request.planned, request.resolved, progress.facts);
  const bypassed = bypassedOf(continues);
  await checkPreconditions(execution, bypassed);

  await refuseInUse(execution);
  progress.hasBegun = true;
  const { behind } = gathered;
  const stop =
    (await runSteps(execution, { behind, bypassed, interrupt: request.interrupt })) ??
    (await lostTargets(request, execution));
  const rollback =
    stop === undefined || !wantsRollback(stop)
      ? undefined
      : await putBack(request, execution, reasonOf(stop.failure, stop.step));
  await bringHome(execution);
  if (stop?.kind !== 'waiting') {
    await runAlways(execution);
    await expireCopies(execution);
  }
  if (stop === undefined) recordOutputs(execution);
  return { ...(stop === undefined ? {} : { stop }), ...(rollback === undefined ? {} : { rollback }) };
}

async function lostTargets(request: RunRequest, execution: Execution): Promise<Stop | undefined> {
  const { recorder, journal, progress, masker } = execution;
  const view = journal.run(recorder.runId);
  if (view === undefined) throw new Error(`run ${recorder.runId} is not in the journal`);
  try {
    await assertTargetsStand(execution, view);
    return undefined;
  } catch (error) {
    return stopOf(error, request.interrupt, progress, masker);
  }
}

function bypassedOf(continues: RunRequest['continues']): ReadonlySet<string> {
  return new Set(
    continues?.kind === 'resume' ? continues.bypassed.map(({ precondition }) => precondition) : [],
  );
}

/**
 * Runs whatever happened; cannot change the outcome, also when the journal takes nothing for a while: what it refuses for
 * good it refuses at the end of the run again, where that is said. After an interruption each step has a limit.
 */
async function runAlways(execution: Execution): Promise<void> {
  const { recorder, resolved, progress } = execution;
  const interrupt = AbortSignal.timeout(alwaysLimitMs);
  try {
    for (const step of resolved.runbook.always) await runStep({ ...execution, interrupt }, step);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const message = `what runs always broke off at step \`${progress.currentStep}\`: ${error.message}`;
    try {
      recorder.record({ type: 'warning', step: progress.currentStep, message });
    } catch (refused) {
      if (!(refused instanceof Failure)) throw refused;
    }
  }
}

const alwaysLimitMs = 60_000;

/** The operator's signal and the timeout of the whole run, in one. */
function runSignal(request: RunRequest, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return request.interrupt;
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(timeoutFailure(timeoutMs, 'the run')),
    Math.min(timeoutMs, longestTimerMs),
  );
  timer.unref();
  return AbortSignal.any([request.interrupt, controller.signal]);
}

function recordOutputs(execution: Execution): void {
  const outputs: Record<string, Json> = {};
  for (const [name, template] of Object.entries(execution.resolved.runbook.outputs)) {
    outputs[name] = toJson(template.evaluate(bindingsOf(execution)));
  }
  if (Object.keys(outputs).length > 0) {
    execution.recorder.record({ type: 'outputs-decided', outputs: maskJson(execution, outputs) });
  }
}
