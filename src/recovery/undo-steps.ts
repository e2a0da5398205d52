// Which steps outside the targets have to be undone, and on which side of the data they lie.

import type { StoredEvent } from '../journal/index.ts';

export interface UndoableSteps {
  /** Started after the last change of a target; undone first. Newest first. */
  readonly after: readonly string[];
  /** Started before it. Newest first. */
  readonly before: readonly string[];
}

/** Every step with effect `external` that was started since the last `accept`. */
export function undoableSteps(events: readonly StoredEvent[]): UndoableSteps {
  let started: { step: string; at: number }[] = [];
  let lastChange = 0;
  for (const { event, sequence } of events) {
    if (event.type === 'accepted') started = [];
    if (event.type === 'attempt-started' && event.effect === 'external') {
      const step = event.step;
      if (!started.some((each) => each.step === step)) started.push({ step, at: sequence });
    }
    if (event.type === 'commit-announced' && (event.effect === 'change' || event.effect === 'destroy')) {
      lastChange = sequence;
    }
    if (event.type === 'undone' && event.step !== undefined) {
      const { step } = event;
      started = started.filter((each) => each.step !== step);
    }
  }
  const newestFirst = started.toReversed();
  return {
    after: newestFirst.filter(({ at }) => at > lastChange).map(({ step }) => step),
    before: newestFirst.filter(({ at }) => at <= lastChange).map(({ step }) => step),
  };
}
