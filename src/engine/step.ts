// One step: condition, its own preconditions, items, attempts with retry; recorded at each turn.

import { actionOf } from '../action/index.ts';
import type { Json, JsonObject, Value } from '../base/index.ts';
import { Failure, systemFailure } from '../diagnostic/index.ts';
import { toJson } from '../expression/index.ts';
import type { RecordedFailure, StepState } from '../journal/index.ts';
import { stepReferences } from '../plan/index.ts';
import type { Retry, Step } from '../runbook/index.ts';
import { type AttemptResult, maskJson, runAttempt } from './attempt.ts';
import { bindingsOf, type Execution, refreshFacts, type Settled } from './execution.ts';
import type { GateStop, LateAnswer } from './gate-stop.ts';
import { passGate } from './gates.ts';
import { type Item, resolveItems } from './items.ts';
import { pause } from './limit.ts';
import { protect } from './protect.ts';
import { recordedFailure } from './recorder.ts';

export interface StepResult {
  readonly state: Extract<StepState, 'succeeded' | 'failed' | 'errored' | 'cancelled' | 'skipped'>;
  readonly failure?: RecordedFailure;
  readonly isInterrupted: boolean;
  /** Its gate did not let it through. */
  readonly gate?: GateStop['kind'] | LateAnswer['kind'];
  /** Of a gate that was answered late, in milliseconds. */
  readonly waitedMs?: number;
  /** A precondition of it did not hold, or there was no way back to be had: it has not begun. */
  readonly isHeldBack?: boolean;
}

/** Runs a step to its end; never throws for what the step does, only for a journal that cannot be written. */
export async function runStep(execution: Execution, step: Step): Promise<StepResult> {
  const started = execution.clock.monotonicMs();
  execution.progress.currentStep = step.id;
  const undecidable = execution.standIn?.whyNoCondition(step);
  if (undecidable !== undefined) return skip(execution, step, undecidable);
  try {
    if (step.if !== undefined) {
      await refreshFacts(execution, stepReferences(step));
      if (step.if.evaluate(bindingsOf(execution)) === false)
        return skip(execution, step, `\`if: ${step.if.source}\` is false`);
    }
    const whyNot = execution.standIn?.whyNot(step);
    if (whyNot !== undefined) return skip(execution, step, whyNot);
    for (const precondition of step.preconditions) {
      const refused = await stepPrecondition(execution, precondition);
      if (refused !== undefined)
        return { ...finish(execution, step, started, 0, failedBefore(refused)), isHeldBack: true };
    }
    const gate = await passGate(execution, step);
    if (gate?.kind === 'late')
      return { state: 'cancelled', isInterrupted: false, gate: gate.kind, waitedMs: gate.waitedMs };
    if (gate?.kind === 'waiting') return { ...gate.result, state: 'cancelled', gate: gate.kind };
    if (gate !== undefined) return finish(execution, step, started, 0, gate.result, gate.kind);
  } catch (error) {
    return finish(execution, step, started, 0, stoppedBefore(execution, error));
  }
  try {
    await protect(execution, step);
  } catch (error) {
    const result = finish(execution, step, started, 0, stoppedBefore(execution, error));
    return { ...result, isHeldBack: systemFailure(error) instanceof Failure };
  }
  const { result, attempts } =
    step.forEach === undefined
      ? await runWithRetry(execution, step, step.id, {})
      : await runItems(execution, step);
  return finish(execution, step, started, attempts, result);
}

function skip(execution: Execution, step: Step, reason: string): StepResult {
  execution.recorder.record({ type: 'step-skipped', step: step.id, reason });
  execution.progress.steps[step.id] = { state: 'skipped', error: null, attempts: 0, outputs: {} };
  return { state: 'skipped', isInterrupted: false };
}

/** What is thrown before the step itself has begun; a journal that cannot be written ends the run. */
function stoppedBefore(execution: Execution, thrown: unknown): AttemptResult {
  const error = systemFailure(thrown);
  if (error instanceof Failure && error.code.startsWith('journal/')) throw error;
  const isInterrupted = execution.interrupt.aborted;
  return {
    ...failedBefore(recordedFailure(error, execution.masker)),
    state: isInterrupted ? 'cancelled' : error instanceof Failure ? 'failed' : 'errored',
    isInterrupted,
  };
}

function failedBefore(failure: RecordedFailure): AttemptResult {
  return { state: 'failed', outputs: {}, measures: [], failure, isInterrupted: false, durationMs: 0 };
}

/** Undefined when met. */
async function stepPrecondition(execution: Execution, step: Step): Promise<RecordedFailure | undefined> {
  if (execution.standIn?.whyNot(step) !== undefined) return undefined;
  const { result } = await runWithRetry(execution, step, step.id, {});
  const met = result.state === 'succeeded' ? 'met' : result.state === 'failed' ? 'unmet' : 'error';
  execution.recorder.record({
    type: 'precondition-checked',
    step: step.id,
    result: met,
    ...(result.failure === undefined ? {} : { failure: result.failure }),
  });
  remember(execution, step, result, 1, 'preconditions');
  return met === 'met' ? undefined : result.failure;
}

function finish(
  execution: Execution,
  step: Step,
  started: number,
  attempts: number,
  result: AttemptResult,
  gate?: GateStop['kind'],
): StepResult {
  const isContinued =
    gate === undefined &&
    result.state !== 'succeeded' &&
    !result.isInterrupted &&
    step.onFailure === 'continue';
  execution.recorder.record({
    type: 'step-finished',
    step: step.id,
    state: result.state,
    attempts,
    durationMs: Math.round(execution.clock.monotonicMs() - started),
    ...keptOutputs(execution, result.outputs),
    ...(result.failure === undefined ? {} : { failure: result.failure }),
    ...(isContinued ? { isContinued } : {}),
  });
  if (result.state === 'succeeded' && step.rollback?.kind === 'none') {
    execution.recorder.record({
      type: 'warning',
      step: step.id,
      message: `step \`${step.id}\` is done, and is a point of no return: ${step.rollback.reason}`,
    });
  }
  remember(execution, step, result, attempts, 'steps');
  return {
    state: result.state,
    isInterrupted: result.isInterrupted,
    ...(result.failure === undefined ? {} : { failure: result.failure }),
    ...(gate === undefined ? {} : { gate }),
  };
}

export function remember(
  execution: Execution,
  step: Step,
  result: AttemptResult,
  attempts: number,
  group: 'steps' | 'preconditions',
): void {
  execution.progress[group][step.id] = {
    state: result.state,
    error: result.failure?.message ?? null,
    attempts,
    outputs: result.outputs,
  };
}

/** An output that held a secret is not stored. */
export function keptOutputs(
  execution: Execution,
  outputs: Readonly<Record<string, Value>>,
): { readonly outputs?: JsonObject } {
  const kept: Record<string, Json> = {};
  for (const [name, value] of Object.entries(outputs)) {
    const json = toJson(value);
    if (!execution.masker.touches(JSON.stringify(json))) kept[name] = json;
  }
  return Object.keys(kept).length === 0 ? {} : { outputs: kept };
}

/** Not on top of what nobody knows, and not a second time what took effect and can be done only once. */
function mayTryAgain(step: Step, settled: Settled): boolean {
  if (settled === 'found') return actionOf(step.action ?? '')?.isIdempotent === true;
  return settled !== 'open';
}

interface Attempted {
  readonly result: AttemptResult;
  readonly attempts: number;
}

export async function runWithRetry(
  execution: Execution,
  step: Step,
  stepId: string,
  loop: Readonly<Record<string, Value>>,
): Promise<Attempted> {
  for (let attempt = 1; ; attempt++) {
    const result = await runAttempt(execution, step, stepId, attempt, loop);
    execution.recorder.record({
      type: 'attempt-finished',
      step: stepId,
      attempt,
      state: result.state,
      durationMs: result.durationMs,
      // Also in `step-finished`: a run that dies in between is gone on with, and this step is not done again.
      ...keptOutputs(execution, result.outputs),
      ...(result.measures.length === 0 ? {} : { measures: result.measures }),
      ...(result.failure === undefined ? {} : { failure: result.failure }),
    });
    if (result.state === 'succeeded') return { result, attempts: attempt };
    const settled = await execution.settle();
    const { retry } = step;
    const isOver =
      result.isInterrupted || retry === undefined || attempt > retry.limit || !mayTryAgain(step, settled);
    if (isOver) return { result, attempts: attempt };
    const waitMs = retryDelay(retry, attempt);
    const dueAt = new Date(execution.clock.now().getTime() + waitMs).toISOString();
    execution.recorder.record({ type: 'retry-scheduled', step: stepId, attempt: attempt + 1, dueAt });
    try {
      await pause(waitMs, execution.interrupt);
    } catch {
      return { result: { ...result, state: 'cancelled', isInterrupted: true }, attempts: attempt };
    }
  }
}

/** Before retry `attempt` (1 = the first retry), in milliseconds. */
export function retryDelay(retry: Retry, attempt: number): number {
  const grown = retry.intervalMs * retry.backoff ** (attempt - 1);
  return Math.min(grown, retry.maxIntervalMs ?? Number.MAX_SAFE_INTEGER);
}

/** Items one after another on a target, side by side for programs; the first failure starts no new item. */
async function runItems(execution: Execution, step: Step): Promise<Attempted> {
  const items = itemsOf(execution, step);
  if (items instanceof Failure)
    return { result: failedBefore(recordedFailure(items, execution.masker)), attempts: 0 };
  execution.recorder.record({
    type: 'for-each-resolved',
    step: step.id,
    keys: items.map(({ key }) => key),
    items: items.map(({ item }) => maskJson(execution, { item: toJson(item) }).item ?? null),
  });
  const outputs: Record<string, Value> = {};
  const failures: AttemptResult[] = [];
  const queue = [...items];
  let attempts = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && failures.length === 0; next = queue.shift()) {
      execution.progress.items[`${step.id}[${next.key}]`] = next.item;
      const done = await runWithRetry(execution, step, `${step.id}[${next.key}]`, {
        [step.forEach?.as ?? 'item']: next.item,
      });
      attempts = Math.max(attempts, done.attempts);
      if (done.result.state === 'succeeded') outputs[next.key] = done.result.outputs;
      else failures.push(done.result);
    }
  };
  const width = step.targets.length + step.scratchTargets.length > 0 ? 1 : (step.forEach?.maxParallel ?? 1);
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  const base = { outputs: { items: outputs }, measures: [], durationMs: 0 };
  const [failed] = failures;
  return {
    result:
      failed === undefined ? { ...base, state: 'succeeded', isInterrupted: false } : { ...failed, ...base },
    attempts,
  };
}

function itemsOf(execution: Execution, step: Step): readonly Item[] | Failure {
  try {
    return resolveItems(execution, step);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
