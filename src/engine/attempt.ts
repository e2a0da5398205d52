// One attempt of one step: inputs computed, announced in the journal, acted, postcondition decided, recorded.

import { type ActionResult, actionOf, type RunContext } from '../action/index.ts';
import type { JsonObject, Value } from '../base/index.ts';
import { Failure, systemFailure } from '../diagnostic/index.ts';
import { toJson } from '../expression/index.ts';
import type { Measure, RecordedFailure, StepState } from '../journal/index.ts';
import { resolveInput, stepReferences } from '../plan/index.ts';
import { pinnedFiles } from '../project/index.ts';
import type { Step } from '../runbook/index.ts';
import { bindingsOf, type Execution, refreshFacts } from './execution.ts';
import { type Interruption, interruptedFailure, withLimit } from './limit.ts';
import { recordedFailure } from './recorder.ts';
import { watchTargets } from './watch-targets.ts';

export interface AttemptResult {
  readonly state: Extract<StepState, 'succeeded' | 'failed' | 'errored' | 'cancelled'>;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly measures: readonly Measure[];
  readonly failure?: RecordedFailure;
  /** The operator's signal ended it. */
  readonly isInterrupted: boolean;
  readonly durationMs: number;
}

/** `stepId` is `step` or `step[key]`; `loop` binds the variable of a `forEach`. */
export async function runAttempt(
  execution: Execution,
  step: Step,
  stepId: string,
  attempt: number,
  loop: Readonly<Record<string, Value>>,
): Promise<AttemptResult> {
  const started = execution.clock.monotonicMs();
  const elapsed = (): number => Math.round(execution.clock.monotonicMs() - started);
  const outputs: Record<string, Value> = {};
  let measures: readonly Measure[] = [];
  try {
    await withLimit(step.timeoutMs, [execution.interrupt], async (signal) => {
      await refreshFacts(execution, stepReferences(step));
      if (step.kind === 'gate') {
        announce(execution, step, stepId, attempt, {});
        execution.standIn?.strike?.('after', stepId);
        return;
      }
      if (step.kind === 'assert') {
        announce(execution, step, stepId, attempt, {});
        demand(step, step.assert, bindingsOf(execution, loop));
        execution.standIn?.strike?.('after', stepId);
        return;
      }
      const action = actionOf(step.action ?? '');
      const run = action?.run;
      if (action === undefined || run === undefined)
        throw new Error(`step ${step.id} has no action that runs`);
      const { standIn } = execution;
      const asked = resolveInput(
        step,
        action,
        bindingsOf(execution, loop),
        execution.resolved.project.folder,
      );
      const input = standIn?.redirect(step, asked) ?? asked;
      execution.progress.inputs[stepId] = input;
      execution.progress.outputs[stepId] = outputs;
      announce(execution, step, stepId, attempt, toJson(input as Value) as JsonObject);
      const stub = standIn?.outputsOf(step, bindingsOf(execution, loop));
      if (stub === undefined) noteTouched(execution, step, stepId);
      const result: ActionResult<unknown> =
        stub === undefined
          ? await actWatched(execution, step, stepId, () =>
              run(input as never, contextOf(execution, step, stepId, signal)),
            )
          : { outputs: stub };
      measures = result.measures ?? [];
      for (const warning of result.warnings ?? []) warn(execution, stepId, warning);
      Object.assign(outputs, result.outputs);
      if (result.failed !== undefined) {
        throw new Failure('run/action-said-no', result.failed.message, {
          place: step.place,
          ...(result.failed.fix === undefined ? {} : { fix: result.failed.fix }),
        });
      }
      declareOutputs(step, outputs, bindingsOf(execution, loop));
      standIn?.strike?.('after', stepId);
      demand(step, step.ensure, bindingsOf(execution, { ...loop, self: outputs }));
    });
    return { state: 'succeeded', outputs, measures, isInterrupted: false, durationMs: elapsed() };
  } catch (thrown) {
    const error = systemFailure(thrown);
    // What cannot be recorded cannot go on: the run ends, and the screen says so.
    if (error instanceof Failure && error.code.startsWith('journal/')) throw error;
    const isInterrupted = execution.interrupt.aborted && !isTimeout(execution.interrupt.reason);
    return {
      state: isInterrupted ? 'cancelled' : stateOf(error),
      outputs,
      measures,
      failure: recordedFailure(withPlace(causeOf(error, execution.interrupt), step), execution.masker),
      isInterrupted,
      durationMs: elapsed(),
    };
  }
}

/**
 * Invariant: no action runs before its `attempt-started` event is on disk.
 * Crash: dying in between leaves a record without an effect; the other order could leave an effect that nothing
 * can find again.
 */
function announce(
  execution: Execution,
  step: Step,
  stepId: string,
  attempt: number,
  input: JsonObject,
): void {
  execution.recorder.record({
    type: 'attempt-started',
    step: stepId,
    attempt,
    action: step.action ?? step.kind,
    effect: step.effect,
    isIdempotent: step.kind !== 'action' || (actionOf(step.action ?? '')?.isIdempotent ?? false),
    with: maskJson(execution, input),
  });
  execution.standIn?.strike?.('before', stepId);
}

export function contextOf(execution: Execution, step: Step, stepId: string, signal: AbortSignal): RunContext {
  const { resolved, sessions, recorder } = execution;
  return {
    runId: recorder.runId,
    stepId,
    clock: execution.clock,
    now: execution.now,
    signal,
    masker: execution.masker,
    projectFolder: resolved.project.folder,
    files: pinnedFiles(resolved.files),
    scratchFolder: execution.scratchFolder,
    target: (name) => {
      const spec = resolved.targets.find((each) => each.name === name);
      if (spec === undefined) throw new Error(`no target ${name}`);
      return spec;
    },
    facts: (name) => sessions.facts(name),
    holders: (name) => sessions.holders(name),
    reader: (name) => sessions.reader(name),
    writer: (name) => {
      if (step.effect === 'read') throw new Error(`action ${step.action} reads, and asked to write`);
      return sessions.writer(name);
    },
    progress: (progress) => recorder.show({ type: 'progress', step: stepId, ...progress }),
    output: (stream, text) =>
      recorder.show({ type: 'step-output', step: stepId, stream, text: execution.masker(text) }),
    record: (event) => recorder.record(event),
    backups: execution.backupsFor(stepId, signal),
    programs: execution.programsFor(stepId),
    warn: (message) => warn(execution, stepId, message),
  };
}

/** However it ends: also a program that failed, or was ended, may have written. */
async function actWatched<T>(
  execution: Execution,
  step: Step,
  stepId: string,
  act: () => Promise<T>,
): Promise<T> {
  const ended = await watchTargets(execution, step, stepId);
  try {
    return await act();
  } finally {
    await ended();
  }
}

/** A program that may change a target is on record before it starts. */
function noteTouched(execution: Execution, step: Step, stepId: string): void {
  if (step.action !== 'command.run') return;
  for (const target of step.targets)
    execution.recorder.record({ type: 'target-touched', step: stepId, target });
}

function warn(execution: Execution, step: string, message: string): void {
  execution.recorder.record({ type: 'warning', step, message: execution.masker(message) });
}

function declareOutputs(
  step: Step,
  outputs: Record<string, Value>,
  bindings: Readonly<Record<string, Value>>,
): void {
  const self = { ...outputs };
  for (const [name, template] of Object.entries(step.outputs)) {
    outputs[name] = template.evaluate({ ...bindings, self });
  }
}

function demand(step: Step, condition: Step['assert'], bindings: Readonly<Record<string, Value>>): void {
  if (condition === undefined || condition.evaluate(bindings) === true) return;
  const key = step.kind === 'assert' ? '/assert' : '/ensure';
  const message = step.message === undefined ? undefined : String(step.message.evaluate(bindings));
  throw new Failure('run/assertion-false', message ?? `\`${condition.source}\` is false`, {
    place: step.places[key] ?? step.place,
  });
}

/** `failed`: the action or a condition said no. `errored`: it could not be decided. */
function stateOf(error: unknown): 'failed' | 'errored' {
  if (!(error instanceof Failure)) return 'errored';
  const isUndecided =
    error.code.startsWith('expression/') ||
    error.code.startsWith('internal/') ||
    error.code === 'sqlite/child-lost';
  return isUndecided ? 'errored' : 'failed';
}

/** An abort may throw the bare reason of the signal: what a signal means is said in words. */
function causeOf(error: unknown, interrupt: AbortSignal): unknown {
  if (error instanceof Error || !interrupt.aborted || interrupt.reason instanceof Error) return error;
  return interruptedFailure(interrupt.reason as Interruption);
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Failure && reason.code === 'run/timeout';
}

function withPlace(error: unknown, step: Step): unknown {
  if (!(error instanceof Failure) || error.place !== undefined) return error;
  return new Failure(error.code, error.message, {
    place: step.place,
    ...(error.state === undefined ? {} : { state: error.state }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    exit: error.exit,
    cause: error.cause,
  });
}

/** A JSON value with every string masked. */
export function maskJson(execution: Execution, value: JsonObject): JsonObject {
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'string' ? execution.masker(each) : each,
  );
  return JSON.parse(text) as JsonObject;
}
