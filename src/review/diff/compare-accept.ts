// From which step on nothing is put back any more: earlier is worse.

import { type Change, change } from './change.ts';
import type { MatchedSteps } from './match-steps.ts';
import { show, showAll } from './show.ts';
import type { RunbookSide, StepView } from './side.ts';

export function compareAccept({ pairs, added }: MatchedSteps, old: RunbookSide, now: RunbookSide): Change[] {
  const [before, after] = [acceptedOf(old), acceptedOf(now)];
  if (before === undefined && after === undefined) return [];
  const isLate = (step: StepView, side: RunbookSide, from: StepView | undefined) =>
    from !== undefined && step.role === 'step' && side.steps.indexOf(step) > side.steps.indexOf(from);
  const where = {
    ...(before === undefined ? {} : { old: before.place('accept') }),
    ...(after === undefined ? {} : { new: after.place('accept'), step: after.id }),
  };
  const worse = pairs.filter((pair) => isLate(pair.now, now, after) && !isLate(pair.old, old, before));
  const better = pairs.filter((pair) => !isLate(pair.now, now, after) && isLate(pair.old, old, before));
  if (after !== undefined && (worse.length > 0 || (before === undefined && better.length === 0))) {
    const newly = [...worse.map((pair) => pair.now), ...added.filter((step) => isLate(step, now, after))];
    const moved =
      before === undefined
        ? `\`accept\` was added to ${show(after.id)}`
        : `\`accept\` comes earlier, at ${show(after.id)}`;
    const lost =
      newly.length === 0
        ? 'once it has succeeded the run is no longer put back when stopped'
        : `a failure of ${showAll(newly.map(({ id }) => id))} no longer puts anything back`;
    return [change('rollback-weakened', 'danger', `${moved}: ${lost}`, where)];
  }
  if (better.length === 0) return [];
  const words =
    after === undefined
      ? `\`accept\` was removed from ${show(before?.id)}`
      : `\`accept\` comes later, at ${show(after.id)}`;
  const gained = showAll(better.map((pair) => pair.now.id));
  return [
    change(
      'rollback-strengthened',
      'info',
      `${words}: a failure of ${gained} now puts everything back`,
      where,
    ),
  ];
}

/** The first step whose success ends the putting back. */
function acceptedOf({ steps }: RunbookSide): StepView | undefined {
  return steps.find(({ compiled }) => compiled.accept === true);
}
