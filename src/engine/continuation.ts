// Going on with a run that another process began: what is known of it comes from its journal alone.

import { actionOf } from '../action/index.ts';
import { Duration, isRecord, parseDuration, Timestamp, type Value } from '../base/index.ts';
import { exitCodes, Failure } from '../diagnostic/index.ts';
import type { Journal, RunView, StepView } from '../journal/index.ts';
import type { StepBinding } from '../plan/index.ts';
import type { Step } from '../runbook/index.ts';
import { accept, type Progress } from './execution.ts';
import type { RollbackChoices } from './rollback.ts';

export type Continuation =
  | {
      readonly kind: 'resume';
      readonly view: RunView;
      /** Steps that a person declares done. */
      readonly done: readonly { readonly step: string; readonly reason: string }[];
      /** Preconditions of the run that are not asked again. */
      readonly bypassed: readonly { readonly precondition: string; readonly reason: string }[];
    }
  | {
      /** `preview`: says what a rollback would do, and does nothing. */
      readonly kind: 'rollback' | 'preview';
      readonly view: RunView;
      readonly reason: string;
      readonly choices: RollbackChoices;
    };

/** Fills what the earlier process knew. */
export function rememberRun(
  progress: Progress,
  continuation: Continuation,
  journal: Journal,
  steps: readonly Step[],
): void {
  const { view } = continuation;
  for (const step of view.steps) {
    if (step.kind === 'engine' || step.state === 'pending') continue;
    const group = step.kind === 'precondition' ? progress.preconditions : progress.steps;
    const declared = steps.find((each) => each.id === step.id);
    const binding = bindingOf(step, declared);
    group[step.id] = isDeclaredDone(continuation, step.id) ? { ...binding, state: 'succeeded' } : binding;
    for (const each of [step, ...(step.items ?? [])])
      progress.outputs[each.id] = bindingOf(each, declared).outputs;
  }
  for (const { event } of journal.events(view.id)) {
    if (event.type === 'attempt-started') progress.inputs[event.step] = event.with;
    if (event.type === 'for-each-resolved')
      for (const [i, key] of event.keys.entries())
        progress.items[`${event.step}[${key}]`] = (event.items[i] ?? null) as Value;
    if (event.type === 'commit-announced' || event.type === 'target-touched')
      progress.protected.add(event.target);
    if (event.type === 'accepted') accept(progress, event.step);
  }
}

/**
 * Steps that need not run again: those that succeeded and changed something, those that failed and were continued after,
 * those that were skipped, and those that a person declared done. Reads are done anew.
 *
 * Fails with `run/not-resumable` (exit 7) once a rollback has begun, and with `run/unknown-step` (exit 7) for a step that was at work when the run died, cannot be done twice, and was
 * not declared done.
 */
export function stepsBehind(continuation: Continuation & { kind: 'resume' }): ReadonlySet<string> {
  const { view, done } = continuation;
  if (view.rollback !== undefined) {
    throw new Failure('run/not-resumable', `run \`${view.id}\` was being put back when it was interrupted`, {
      state: 'part of what it did may be taken back already; nothing has been done now',
      fix: `belay rollback ${view.id}`,
      exit: exitCodes.needsPerson,
    });
  }
  const declared = new Set(done.map(({ step }) => step));
  const behind = new Set(declared);
  const inDoubt = new Set(view.openCommits.map(({ step }) => step.replace(/\[.*$/s, '')));
  for (const step of view.steps) {
    if (step.kind !== 'step' || declared.has(step.id)) continue;
    if (step.state === 'skipped') behind.add(step.id);
    const isThrough = step.state === 'succeeded' || (isEnded(step) && step.isContinued === true);
    if (isThrough && step.effect !== 'read') behind.add(step.id);
    if (
      (step.state === 'unknown' || inDoubt.has(step.id)) &&
      actionOf(step.action ?? '')?.isIdempotent !== true &&
      step.effect !== 'read'
    ) {
      throw new Failure(
        'run/unknown-step',
        `step \`${step.id}\` was at work when the run died, and \`${step.action}\` cannot be done twice`,
        {
          state: `whether \`${step.id}\` took effect is not known; nothing has been done now`,
          fix: `look, then \`belay resume ${view.id} --done ${step.id} --reason …\` or \`belay rollback ${view.id}\``,
          exit: exitCodes.needsPerson,
        },
      );
    }
  }
  return behind;
}

function isDeclaredDone(continuation: Continuation, id: string): boolean {
  return continuation.kind === 'resume' && continuation.done.some(({ step }) => step === id);
}

function isEnded({ state }: StepView): boolean {
  return state === 'failed' || state === 'errored';
}

function bindingOf(view: StepView, step: Step | undefined): StepBinding {
  const outputs: Record<string, Value> = {};
  const schema = actionOf(view.action ?? '')?.outputs as OutputSchema | undefined;
  for (const [name, value] of Object.entries(view.outputs ?? {})) {
    const declared = step?.outputs[name];
    outputs[name] =
      declared === undefined
        ? revive(value, schema?.properties?.[name])
        : revive(value, {
            ...(declared.type === 'timestamp' || declared.type === 'duration'
              ? { format: declared.type }
              : {}),
          });
  }
  return { state: view.state, error: view.failure?.message ?? null, attempts: view.attempts, outputs };
}

interface OutputSchema {
  readonly format?: string;
  readonly properties?: Readonly<Record<string, OutputSchema>>;
  readonly items?: OutputSchema;
}

/** Instants and durations are text in the journal. */
function revive(value: unknown, schema: OutputSchema | undefined): Value {
  if (typeof value === 'string' && schema?.format === 'timestamp') return new Timestamp(Date.parse(value));
  if (typeof value === 'string' && schema?.format === 'duration')
    return new Duration(parseDuration(value) ?? 0);
  if (Array.isArray(value)) return value.map((each) => revive(each, schema?.items));
  if (!isRecord(value)) return value as Value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, revive(each, schema?.properties?.[key])]),
  );
}
