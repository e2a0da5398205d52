// Steps that run at another time relative to others. Only an order that matters is said: around what changes something,
// what checks, backs up or asks.

import { type Change, change } from './change.ts';
import type { MatchedSteps } from './match-steps.ts';
import { show, showAll } from './show.ts';
import type { StepView } from './side.ts';
import { called, changes, isBackup, isCheck } from './step-words.ts';

type Pair = MatchedSteps['pairs'][number];

export function compareOrder(
  { pairs }: MatchedSteps,
  old: readonly StepView[],
  now: readonly StepView[],
): Change[] {
  const [before, after] = [positions(old), positions(now)];
  return [
    ...pairs.flatMap(compareRole),
    ...movedOf(pairs, before).flatMap((pair) => compareMove(pair, pairs, before, after)),
  ];
}

function positions(steps: readonly StepView[]): ReadonlyMap<string, number> {
  return new Map(steps.map(({ id }, index) => [id, index]));
}

function at(order: ReadonlyMap<string, number>, view: StepView): number {
  return order.get(view.id) ?? -1;
}

/** The fewest pairs that must move for the order to be the new one: all outside a longest rising sequence. */
function movedOf(pairs: readonly Pair[], before: ReadonlyMap<string, number>): Pair[] {
  const lengths: number[] = [];
  const previous: number[] = [];
  for (const [index, pair] of pairs.entries()) {
    lengths[index] = 1;
    previous[index] = -1;
    for (let i = 0; i < index; i++) {
      const earlier = pairs[i];
      if (!earlier || at(before, earlier.old) > at(before, pair.old)) continue;
      if ((lengths[i] ?? 0) + 1 > (lengths[index] ?? 0)) {
        lengths[index] = (lengths[i] ?? 0) + 1;
        previous[index] = i;
      }
    }
  }
  let best = lengths.indexOf(Math.max(...lengths, 0));
  const kept = new Set<Pair>();
  while (best >= 0) {
    const pair = pairs[best];
    if (pair) kept.add(pair);
    best = previous[best] ?? -1;
  }
  return pairs.filter((pair) => !kept.has(pair));
}

function compareMove(
  moved: Pair,
  pairs: readonly Pair[],
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Change[] {
  const crossed = pairs.filter(
    (other) =>
      other !== moved &&
      at(before, other.old) < at(before, moved.old) !== at(after, other.now) < at(after, moved.now),
  );
  const isLater = crossed.some((other) => at(after, other.now) < at(after, moved.now));
  const passed = crossed.filter((other) => matters(moved.now, other.now)).map(({ now }) => now);
  if (passed.length === 0) return [];
  const where = { step: moved.now.id, old: moved.old.place(), new: moved.now.place() };
  const what = called(moved.now);
  const protector = (view: StepView) => isCheck(view) || isBackup(view) || view.compiled.gate !== undefined;
  const changed = passed.filter(changes);
  if (isLater && protector(moved.now) && changed.length > 0)
    return [
      change(
        'step-moved',
        'danger',
        `${what} now runs after ${list(changed)}: what it was to stop has happened by then`,
        where,
      ),
    ];
  const guards = passed.filter(protector);
  if (!isLater && changes(moved.now) && guards.length > 0)
    return [
      change(
        'step-moved',
        'danger',
        `${what} now runs before ${list(guards)}: ${guards.every(isBackup) ? 'the backup then holds what it leaves, not what was there before' : 'it no longer waits for what was to stop it'}`,
        where,
      ),
    ];
  if (!isLater && isCheck(moved.now) && changed.length > 0)
    return [
      change(
        'step-moved',
        'danger',
        `${what} now runs before ${list(changed)}: it no longer looks at what they leave`,
        where,
      ),
    ];
  const side = isLater ? 'after' : 'before';
  return [change('step-moved', 'caution', `${what} now runs ${side} ${list(passed)}`, where)];
}

/** The order of two steps matters unless both only look, or each works on something of its own. */
function matters(a: StepView, b: StepView): boolean {
  if (!changesState(a) && !changesState(b)) return a.compiled.kind === 'gate' || b.compiled.kind === 'gate';
  const isOutside = [a, b].some(
    ({ compiled }) => compiled.effect === 'external' || compiled.kind !== 'action',
  );
  return isOutside || a.compiled.targets.some((target) => b.compiled.targets.includes(target));
}

function changesState({ compiled }: StepView): boolean {
  return compiled.effect !== 'read';
}

function list(views: readonly StepView[]): string {
  return showAll(views.map(({ id }) => id));
}

const roleWords = {
  precondition: 'a precondition: it refuses before anything is changed',
  step: 'a step: it runs among the others, and a failure counts after what ran before it',
  always: 'in `always`: it runs also after a failure, and cannot change the outcome',
} as const;

function compareRole({ old, now }: Pair): Change[] {
  const where = { step: now.id, old: old.place(), new: now.place() };
  if (old.role === now.role && old.owner === now.owner) return [];
  if (old.role === now.role)
    return [
      change(
        'step-moved',
        'caution',
        `precondition ${show(now.id)} now stands ${ownerWords(now)}; it stood ${ownerWords(old)}`,
        where,
      ),
    ];
  const isWeaker = isCheck(old) && now.role !== 'precondition';
  return [
    change(
      isWeaker ? 'check-weakened' : 'step-moved',
      isWeaker ? 'danger' : 'caution',
      `${show(now.id)} is now ${roleWords[now.role]}`,
      where,
    ),
  ];
}

function ownerWords({ owner }: StepView): string {
  return owner === undefined ? 'before the whole run' : `before ${show(owner)} only`;
}
