// What is known of a run while its events are folded, and the few ways in which it moves. Every move is one of the
// transition tables: a journal that says something impossible is reported, never interpreted.

import { Failure } from '../../diagnostic/index.ts';
import type { JournalEvent, RecordedUptime, StoredEvent } from '../event.ts';
import type { RunView, StepView } from '../run-view.ts';
import { type RunState, runTransitions, type StepState, stepTransitions } from '../state.ts';

export type Draft<T> = { -readonly [K in keyof T]: T[K] };
export type RunDraft = Draft<RunView>;
export type StepDraft = Draft<StepView>;
export type EventOf<T extends JournalEvent['type']> = Extract<JournalEvent, { type: T }>;

export interface Fold {
  readonly startedUp: RecordedUptime | undefined;
  readonly run: RunDraft;
  /** By id; items as `step[key]`. */
  readonly steps: Map<string, StepDraft>;
  /** Announced, and neither committed nor proven not to be; in order. */
  open: { readonly sequence: number; readonly event: EventOf<'commit-announced'> }[];
}

/** What each of these events does to a run. */
export type Handlers<T extends JournalEvent['type']> = {
  readonly [K in T]: (fold: Fold, event: EventOf<K>, stored: StoredEvent) => void;
};

/** The step an event speaks of. Steps move only while their run does. */
export function workingStep(fold: Fold, stored: StoredEvent, id: string): StepDraft {
  const { state } = fold.run;
  if (state !== 'running' && state !== 'rolling-back')
    throw corrupt(stored, `comes in a run that is ${state}`);
  return knownStep(fold, stored, id);
}

export function knownStep(fold: Fold, stored: StoredEvent, id: string): StepDraft {
  const step = fold.steps.get(id);
  if (!step) throw corrupt(stored, `speaks of step \`${id}\`, which the run does not have`);
  return step;
}

export function moveStep(stored: StoredEvent, step: StepDraft, to: StepState): void {
  if (!stepTransitions[step.state].includes(to))
    throw corrupt(stored, `takes step \`${step.id}\` from ${step.state} to ${to}`);
  step.state = to;
}

export function moveRun(stored: StoredEvent, run: RunDraft, to: RunState): void {
  if (!runTransitions[run.state].includes(to))
    throw corrupt(stored, `takes the run from ${run.state} to ${to}`);
  run.state = to;
}

export function assignPresent<T extends object>(
  target: T,
  values: { [K in keyof T]?: T[K] | undefined },
): void {
  for (const [key, value] of Object.entries(values))
    if (value !== undefined) Object.assign(target, { [key]: value });
}

export function corrupt(stored: StoredEvent | undefined, problem: string): Failure {
  const which = stored
    ? `event ${stored.sequence} (\`${stored.event.type}\` of \`${stored.runId}\`)`
    : 'an event';
  return new Failure('journal/corrupt', `${which} ${problem}`, {
    state: 'nothing has been changed',
    fix: 'look for the first damage with `belay audit`',
  });
}
