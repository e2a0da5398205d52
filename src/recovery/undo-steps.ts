// Which steps outside the targets have to be undone, and on which side of the data they lie.

import type { UndoKind } from '../engine/index.ts';
import type { Effect, StoredEvent } from '../journal/index.ts';

export interface UndoableSteps {
  /** Started after the last change of a target; undone first. Newest first. */
  readonly after: readonly string[];
  /** Started before it. Newest first. */
  readonly before: readonly string[];
  /** Points of no return: they stay as they are. Oldest first. */
  readonly final: readonly { readonly step: string; readonly reason: string }[];
}

/**
 * Every step that was started since the last `accept`, and has an effect outside the targets or declares an undo. A
 * step of a loop is its items.
 */
export function undoableSteps(
  events: readonly StoredEvent[],
  undoKindOf: (step: string) => UndoKind,
): UndoableSteps {
  let started: { step: string; at: number }[] = [];
  let lastChange = 0;
  const isUndoable = ({ step, effect }: { step: string; effect: Effect }): boolean =>
    effect === 'external' || undoKindOf(step).kind !== 'automatic';
  for (const { event, sequence } of events) {
    if (event.type === 'accepted') started = [];
    if (event.type === 'attempt-started' && isUndoable(event)) {
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
  const final = started.flatMap(({ step }) => {
    const undo = undoKindOf(step);
    return undo.kind === 'none' ? [{ step, reason: undo.reason }] : [];
  });
  const newestFirst = started.filter(({ step }) => undoKindOf(step).kind !== 'none').toReversed();
  return {
    final,
    after: newestFirst.filter(({ at }) => at > lastChange).map(({ step }) => step),
    before: newestFirst.filter(({ at }) => at <= lastChange).map(({ step }) => step),
  };
}
