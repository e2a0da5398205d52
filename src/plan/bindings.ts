// Builds the values that expressions read, from what is known at a moment. Plan and engine use the same function,
// so that a name means the same in both.

import { basename, dirname } from 'node:path';
import { Timestamp, type Value } from '../base/index.ts';
import type { Bindings } from '../expression/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';
import type { TargetFacts } from '../target/index.ts';

/** What a step left behind, as `steps.id` shows it. */
export interface StepBinding {
  readonly state: string;
  readonly error: string | null;
  readonly attempts: number;
  readonly outputs: Readonly<Record<string, Value>>;
}

/** What is known now. */
export interface Known {
  readonly runbook: Runbook;
  readonly params: Readonly<Record<string, Value>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly now: Date;
  readonly facts: Readonly<Record<string, TargetFacts>>;
  readonly steps: Readonly<Record<string, StepBinding>>;
  readonly preconditions: Readonly<Record<string, StepBinding>>;
  readonly run: {
    readonly id: string;
    readonly startedAt: Date;
    readonly operator: string;
    readonly tempDir: string;
    readonly failed: boolean;
    readonly error: string | null;
  };
}

/** Names that need nothing but the command line: params, the runbook, `now`. */
export function staticBindings(
  runbook: Runbook,
  params: Readonly<Record<string, Value>>,
  now: Date,
): Readonly<Record<string, Value>> {
  return {
    params,
    runbook: { name: runbook.name, dir: dirname(runbook.path) },
    now: new Timestamp(now.getTime()),
  };
}

/** All names. `extra` holds `self` or the variable of a loop. */
export function toBindings(known: Known, extra: Readonly<Record<string, Value>> = {}): Bindings {
  return {
    ...staticBindings(known.runbook, known.params, known.now),
    secrets: known.secrets,
    target: mapValues(known.facts, targetBinding),
    steps: mapValues(
      { ...pending([...known.runbook.steps, ...known.runbook.always]), ...known.steps },
      stepBinding,
    ),
    preconditions: mapValues(
      { ...pending(allPreconditions(known.runbook)), ...known.preconditions },
      stepBinding,
    ),
    run: {
      id: known.run.id,
      runbook: known.runbook.name,
      startedAt: new Timestamp(known.run.startedAt.getTime()),
      operator: known.run.operator,
      tempDir: known.run.tempDir,
      failed: known.run.failed,
      error: known.run.error,
    },
    ...extra,
  };
}

/** A step that has not run is there too, so that `steps.x.state` can be asked in `always`. */
function pending(steps: readonly Step[]): Record<string, StepBinding> {
  return Object.fromEntries(
    steps.map(({ id }) => [id, { state: 'pending', error: null, attempts: 0, outputs: {} }]),
  );
}

function allPreconditions(runbook: Runbook): readonly Step[] {
  const steps = [...runbook.steps, ...runbook.always];
  return [...runbook.preconditions, ...steps.flatMap((step) => step.preconditions)];
}

function targetBinding(facts: TargetFacts): Value {
  return {
    // What people call the database: a gate asks for it. The name in the runbook is the same for every database.
    name: basename(facts.path),
    path: facts.path,
    state: facts.condition,
    sizeBytes: facts.sizeBytes,
    freeBytes: facts.freeBytes,
    pageSize: facts.pageSize,
    journalMode: facts.journalMode,
  };
}

function stepBinding(step: StepBinding): Value {
  return { ...step.outputs, state: step.state, error: step.error, attempts: step.attempts };
}

function mapValues<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
