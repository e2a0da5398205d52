// Drives a run from its first event to its last. Order of effects (`SAFETY.md` §1): record → lease → facts → stale
// plan → preconditions → steps → always → record the end → give the lease back.

import { mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createId, createMasker, type Json, type JsonObject, type Value } from '../base/index.ts';
import { exitCodes, Failure, FindingsFailure } from '../diagnostic/index.ts';
import { toJson } from '../expression/index.ts';
import type { RecordedStep, RecordedTarget, RunEvent, RunView } from '../journal/index.ts';
import type { Lease } from '../lease/index.ts';
import { digestOf, missingWaysBack, type ResolvedRun, toPlain } from '../plan/index.ts';
import { operatorName, thisProcess } from '../process/index.ts';
import { maskJson } from './attempt.ts';
import { bindingsOf, type Execution } from './execution.ts';
import { takeLeases } from './leases.ts';
import { type Interruption, interruptedFailure, timeoutFailure } from './limit.ts';
import { decideOutcome, type Stop } from './outcome.ts';
import { checkPreconditions } from './preconditions.ts';
import { createRecorder, type Recorder, recordedFailure } from './recorder.ts';
import type { RunRequest } from './request.ts';
import { readSecrets } from './secrets.ts';
import { createServices } from './services.ts';
import { openSessions } from './sessions.ts';
import { runStep } from './step.ts';

export interface RunOutcome {
  readonly runId: string;
  readonly exitCode: number;
  readonly view: RunView;
}

/**
 * Fails before anything is recorded with `run/rollback-not-available` (FindingsFailure) or `run/bad-secret`.
 * After that it returns: what went wrong is in the outcome and in the journal.
 */
export async function runPlan(request: RunRequest): Promise<RunOutcome> {
  const { resolved, journal, clock } = request;
  const refusals = missingWaysBack(resolved.runbook);
  if (refusals.length > 0) throw new FindingsFailure(refusals, exitCodes.refused);
  const secrets = readSecrets(resolved.runbook, request.env);
  const masker = createMasker(secrets);

  const startedAt = clock.now();
  const runId = createId('run', startedAt);
  const recorder = createRecorder(runId, journal, clock, request.onEvent);
  const scratchFolder = join(resolved.project.stateFolder, 'tmp', runId);
  const leases = new Map<string, Lease>();
  recorder.record(startedEvent(request, masker));

  let isLeaseKept = false;
  try {
    mkdirSync(scratchFolder, { recursive: true, mode: 0o700 });
    let stop: Stop | undefined;
    try {
      await takeLeases(request, recorder, leases);
      stop = await drive(request, { recorder, leases, scratchFolder, secrets, masker, startedAt });
    } catch (error) {
      stop = refusal(error, request.interrupt, masker);
    }
    const outcome = finishRun(request, recorder, stop);
    isLeaseKept = outcome.view.state === 'interrupted';
    return outcome;
  } finally {
    for (const [target, lease] of leases) {
      if (isLeaseKept) lease[Symbol.dispose]();
      else {
        lease.release();
        recorder.record({ type: 'lease-released', target, path: lease.path });
      }
    }
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

interface Gathered {
  readonly recorder: Recorder;
  readonly leases: ReadonlyMap<string, Lease>;
  readonly scratchFolder: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly masker: ReturnType<typeof createMasker>;
  readonly startedAt: Date;
}

/** Everything between the leases and the end, with the children's lifetime around it. */
async function drive(request: RunRequest, gathered: Gathered): Promise<Stop | undefined> {
  const { resolved, clock } = request;
  const { recorder, leases, scratchFolder, masker } = gathered;
  const progress: Execution['progress'] = {
    steps: {},
    preconditions: {},
    facts: {},
    currentStep: 'open',
    failed: false,
    error: null,
  };
  await using sessions = openSessions({
    specs: resolved.targets,
    driver: request.driver,
    leases,
    recorder,
    busyTimeoutMs: request.lockWaitMs,
    scratchFolder,
    currentStep: () => progress.currentStep,
  });
  const execution: Execution = {
    resolved,
    recorder,
    clock,
    now: request.now,
    startedAt: gathered.startedAt,
    operator: operatorName(),
    scratchFolder,
    secrets: Object.fromEntries(gathered.secrets),
    masker,
    sessions,
    ...createServices(request, recorder, sessions, masker, scratchFolder),
    interrupt: runSignal(request, resolved.runbook.timeoutMs),
    progress,
  };

  for (const spec of resolved.targets) progress.facts[spec.name] = await sessions.facts(spec.name);
  refuseStale(request, progress.facts);
  await checkPreconditions(execution);

  let stop: Stop | undefined;
  for (const step of resolved.runbook.steps) {
    const result = await runStep(execution, step);
    if (result.state === 'succeeded' || result.state === 'skipped') continue;
    if (!result.isInterrupted && step.onFailure === 'continue') continue;
    const failure = result.failure ?? {
      code: 'internal/defect',
      message: 'the step failed without a reason',
    };
    progress.failed = true;
    progress.error = failure.message;
    stop = result.isInterrupted
      ? interruptedStop(request.interrupt, step.id)
      : { kind: 'failed', failure, exit: exitCodes.failed, step: step.id };
    break;
  }
  await runAlways(execution);
  if (stop === undefined) recordOutputs(execution);
  return stop;
}

/** Runs whatever happened; cannot change the outcome. After an interruption each step has a limit. */
async function runAlways(execution: Execution): Promise<void> {
  const interrupt = AbortSignal.timeout(alwaysLimitMs);
  for (const step of execution.resolved.runbook.always) await runStep({ ...execution, interrupt }, step);
}

const alwaysLimitMs = 60_000;

/** The operator's signal and the timeout of the whole run, in one. */
function runSignal(request: RunRequest, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return request.interrupt;
  const controller = new AbortController();
  setTimeout(() => controller.abort(timeoutFailure(timeoutMs, 'the run')), timeoutMs).unref();
  return AbortSignal.any([request.interrupt, controller.signal]);
}

function refuseStale(request: RunRequest, facts: Execution['progress']['facts']): void {
  const { planned, resolved } = request;
  if (planned === undefined) return;
  const now = digestOf(resolved, toPlain(resolved.params) as Json, facts);
  if (now.digest === planned.digest) return;
  const changed = Object.keys({ ...planned.digestParts, ...now.parts }).filter(
    (part) => planned.digestParts[part] !== now.parts[part],
  );
  throw new Failure('plan/stale', `the plan is stale: ${changed.join(', ')} changed since it was made`, {
    state: 'nothing was started; the targets are as before',
    fix: `belay plan ${resolved.runbook.name} --out FILE`,
  });
}

function refusal(error: unknown, interrupt: AbortSignal, masker: (text: string) => string): Stop {
  if (interrupt.aborted) return { ...interruptedStop(interrupt), kind: 'refused' };
  const exit = error instanceof Failure ? error.exit : exitCodes.defect;
  // Before the first step every failure is a refusal; one that says "a step failed" would promise too much.
  return {
    kind: 'refused',
    failure: recordedFailure(error, masker),
    exit: exit === exitCodes.failed ? exitCodes.refused : exit,
  };
}

function interruptedStop(interrupt: AbortSignal, step?: string): Stop {
  const failure = interruptedFailure(interrupt.reason as Interruption);
  return {
    kind: 'interrupted',
    failure: recordedFailure(failure, (text) => text),
    exit: failure.exit,
    ...(step === undefined ? {} : { step }),
  };
}

function finishRun(request: RunRequest, recorder: Recorder, stop: Stop | undefined): RunOutcome {
  const { journal } = request;
  const before = journal.run(recorder.runId);
  if (before === undefined) throw new Error(`run ${recorder.runId} is not in the journal`);
  const outcome = decideOutcome(before, stop);
  recorder.record({
    type: 'run-finished',
    state: outcome.state,
    exitCode: outcome.exitCode,
    dataState: outcome.dataState,
    next: outcome.next,
    ...(stop === undefined ? {} : { failure: stop.failure }),
    ...(stop?.step === undefined ? {} : { failedStep: stop.step }),
  });
  const view = journal.run(recorder.runId) ?? before;
  return { runId: recorder.runId, exitCode: outcome.exitCode, view };
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

function startedEvent(
  request: RunRequest,
  masker: (text: string) => string,
): Extract<RunEvent, { type: 'run-started' }> {
  const { resolved } = request;
  const self = thisProcess();
  const params = JSON.parse(JSON.stringify(toPlain(resolved.params as Value)), (_, each: unknown) =>
    typeof each === 'string' ? masker(each) : each,
  ) as JsonObject;
  return {
    type: 'run-started',
    runbook: resolved.runbook.name,
    title: resolved.runbook.title,
    file: resolved.runbook.file,
    digest: request.planned?.digest ?? digestOf(resolved, params, {}).digest,
    command: request.command.map(masker),
    workingFolder: request.workingFolder,
    ...(resolved.environment === undefined ? {} : { environment: resolved.environment }),
    params,
    targets: resolved.targets.map(recordedTarget),
    steps: recordedSteps(resolved),
    operator: operatorName(),
    host: self.host,
    pid: self.pid,
    processStart: self.processStart,
    version: request.version,
    files: resolved.files,
  };
}

/** By name only: nothing is opened, so no lock of anybody is disturbed. */
function recordedTarget(spec: ResolvedRun['targets'][number]): RecordedTarget {
  const base = { name: spec.name, driver: spec.driver };
  try {
    const realPath = realpathSync(spec.path);
    const stat = statSync(realPath, { bigint: true });
    return {
      ...base,
      realPath,
      device: String(stat.dev),
      inode: String(stat.ino),
      sizeBytes: Number(stat.size),
    };
  } catch {
    return { ...base, realPath: spec.path, device: '', inode: '', sizeBytes: 0 };
  }
}

function recordedSteps(resolved: ResolvedRun): RecordedStep[] {
  const { runbook } = resolved;
  const groups = [
    ['precondition', runbook.preconditions],
    ['step', runbook.steps],
    ['always', runbook.always],
  ] as const;
  return groups.flatMap(([kind, steps]) =>
    steps.map((step): RecordedStep => {
      const [target] = step.targets;
      return {
        id: step.id,
        kind,
        title: step.title,
        ...(step.action === undefined ? {} : { action: step.action }),
        effect: step.effect,
        ...(target === undefined ? {} : { target }),
        place: `${step.place.file}:${step.place.line}`,
      };
    }),
  );
}
