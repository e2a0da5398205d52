// Events to the state of a run: a pure fold, the same for `runs show`, renderers and recovery. What each event does
// stands in `fold/`, by what it is about.

import type { JournalEvent, StoredEvent } from './event.ts';
import { commitEvents } from './fold/commit-events.ts';
import { corrupt, type Fold, type Handlers } from './fold/fold.ts';
import { runEvents } from './fold/run-events.ts';
import { startFold } from './fold/start.ts';
import { stepEvents } from './fold/step-events.ts';
import { undoEvents } from './fold/undo-events.ts';
import { historiesOf } from './history.ts';
import type { RunView } from './run-view.ts';

export type { RunView, StepView } from './run-view.ts';

const nothing = (): void => {};

const handlers: Handlers<JournalEvent['type']> = {
  ...runEvents,
  ...stepEvents,
  ...commitEvents,
  ...undoEvents,
  'undo-announced': nothing,
  'target-touched': nothing,
  'process-started': nothing,
  'retry-scheduled': nothing,
  'signal-received': nothing,
};

/**
 * Folds the events of one run, in order.
 *
 * Fails with `journal/corrupt`, naming the sequence, when the first is not `run-started`, when an event speaks of a
 * step that the run does not have, or when a transition is not in the tables.
 */
export function replay(events: readonly StoredEvent[]): RunView {
  const [first, ...rest] = events;
  if (first?.event.type !== 'run-started')
    throw corrupt(
      first,
      first ? 'is the first of its run, but not its start' : 'is missing: the run has no events',
    );
  const fold = startFold(first, first.event);
  for (const stored of rest) apply(fold, stored);
  return {
    ...fold.run,
    changed: changedTargets(events),
    openCommits: fold.open.map(({ event: { target, step } }) => ({ target, step })),
  };
}

function apply(fold: Fold, stored: StoredEvent): void {
  const { event } = stored;
  // Only a damaged or foreign journal holds another type; a newer format is refused when it is opened.
  if (!Object.hasOwn(handlers, event.type))
    throw corrupt(stored, `is of a type that this format does not have: \`${event.type}\``);
  const handle = handlers[event.type] as (fold: Fold, event: JournalEvent, stored: StoredEvent) => void;
  handle(fold, event, stored);
}

function changedTargets(events: readonly StoredEvent[]): RunView['changed'] {
  return historiesOf(events).flatMap(({ target, changedAt: sequence, backup }) =>
    sequence === undefined
      ? []
      : [{ target, sequence, ...(backup === undefined ? {} : { backup: backup.id }) }],
  );
}
