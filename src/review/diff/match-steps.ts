// Which step of the old runbook is which step of the new one: by id, else by what it does. An id that changed is said
// as a new name, not as one step removed and another added.

import { isSame, normalValue } from './normal-value.ts';
import { type RunbookSide, record, type StepView } from './side.ts';

export interface MatchedSteps {
  readonly pairs: readonly { readonly old: StepView; readonly now: StepView }[];
  readonly removed: readonly StepView[];
  readonly added: readonly StepView[];
  /** Old ids to new ones, of those that differ. */
  readonly renames: ReadonlyMap<string, string>;
}

export function matchSteps(old: RunbookSide, now: RunbookSide): MatchedSteps {
  const byId = new Map(now.steps.map((view) => [view.id, view]));
  const pairs: { old: StepView; now: StepView }[] = [];
  const removed: StepView[] = [];
  for (const view of old.steps) {
    const same = byId.get(view.id);
    if (same === undefined) removed.push(view);
    else pairs.push({ old: view, now: same });
  }
  const known = new Set(old.steps.map(({ id }) => id));
  const added = now.steps.filter(({ id }) => !known.has(id));
  const renames = new Map<string, string>();
  for (const pair of likeliest(removed, added)) {
    pairs.push(pair);
    renames.set(pair.old.id, pair.now.id);
  }
  const newIds = new Set(renames.values());
  const position = new Map(now.steps.map((view, index) => [view.id, index]));
  return {
    pairs: pairs.sort((a, b) => (position.get(a.now.id) ?? 0) - (position.get(b.now.id) ?? 0)),
    removed: removed.filter(({ id }) => !renames.has(id)),
    added: added.filter(({ id }) => !newIds.has(id)),
    renames,
  };
}

/** At least half of what a step says must be the same for it to be the same step. */
const enough = 0.5;

/** The most similar pairs first, each step once. */
function likeliest(removed: readonly StepView[], added: readonly StepView[]) {
  const candidates = removed.flatMap((old) =>
    added.map((now) => ({ old, now, score: similarity(contentOf(old), contentOf(now)) })),
  );
  const taken = new Set<StepView>();
  return candidates
    .filter(({ score }) => score >= enough)
    .sort((a, b) => b.score - a.score)
    .filter(({ old, now }) => {
      if (taken.has(old) || taken.has(now)) return false;
      taken.add(old).add(now);
      return true;
    });
}

type Content = ReadonlyMap<string, unknown>;

/** What a step says, without its names; references to steps without theirs, which may have changed with it. */
function contentOf({ written, compiled, action, role }: StepView): Content {
  const { id: _id, name: _name, preconditions: _preconditions, with: inputs, ...rest } = written;
  const plain = { ...rest, ...prefixed(record(normalValue(inputs, action?.with))) };
  return new Map<string, unknown>([
    ['kind', `${role} ${compiled.kind} ${compiled.action ?? ''}`],
    ...Object.entries(plain).map(
      ([key, value]) =>
        [key, JSON.stringify(normalValue(value))?.replaceAll(/\b(steps|preconditions)\.\w+/g, '$1')] as const,
    ),
  ]);
}

function prefixed(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`with.${key}`, value]));
}

function similarity(a: Content, b: Content): number {
  if (a.get('kind') !== b.get('kind')) return 0;
  const keys = [...new Set([...a.keys(), ...b.keys()])].filter((key) => key !== 'kind');
  // The target alone says nothing: most steps of a runbook share it.
  const telling = keys.filter((key) => !/^with\.(target|touches)$/.test(key));
  if (telling.length === 0) return keys.every((key) => isSame(a.get(key), b.get(key))) ? 1 : 0;
  return telling.filter((key) => isSame(a.get(key), b.get(key))).length / telling.length;
}
