// Two conditions: does the new one hold in more cases, in fewer, or in others. Read off their parts; what cannot be
// read off is `changed`, never `same`.

import { type Comparison, type Condition, readCondition } from '../../expression/index.ts';
import { show } from './show.ts';

export interface ConditionChange {
  /** `wider`: it holds whenever the old one did, and in more cases. */
  readonly kind: 'same' | 'wider' | 'narrower' | 'opposite' | 'changed';
  /** What went or came, as the end of a sentence. */
  readonly detail: string;
}

export function compareConditions(old: string, now: string): ConditionChange {
  return compare(readCondition(old), readCondition(now));
}

function compare(old: Condition, now: Condition): ConditionChange {
  if (old.text === now.text) return { kind: 'same', detail: '' };
  const [from, to] = [show(old.source), show(now.source)];
  if (now.text === 'true') return { kind: 'wider', detail: `${from} became \`true\`` };
  if (now.isAlways) return { kind: 'wider', detail: `${from} became ${to}, which always holds` };
  if (now.text === 'false') return { kind: 'narrower', detail: `${from} became \`false\`` };
  if (old.kind === 'below' || old.kind === 'above') {
    const moved = now.kind === old.kind && now.left === old.left ? compareBounds(old, now) : undefined;
    if (moved !== undefined) return { kind: moved, detail: `${from} became ${to}` };
  }
  if (now.text === `!${old.text}` || old.text === `!${now.text}`)
    return { kind: 'opposite', detail: `${from} became ${to}` };
  // `a && b` became `a || c`.
  if (old.kind === 'all' && now.kind === 'any' && sharesPart(old, now))
    return { kind: 'wider', detail: `${from} became ${to}` };
  if (old.kind === 'any' && now.kind === 'all' && sharesPart(old, now))
    return { kind: 'narrower', detail: `${from} became ${to}` };
  return (
    compareParts(old, now, 'all') ??
    compareParts(old, now, 'any') ?? { kind: 'changed', detail: `${from} became ${to}` }
  );
}

function compareBounds(old: Comparison, now: Comparison): 'wider' | 'narrower' {
  const byBound = old.kind === 'below' ? now.bound - old.bound : old.bound - now.bound;
  const isWider = byBound === 0 ? now.isInclusive : byBound > 0;
  return isWider ? 'wider' : 'narrower';
}

function sharesPart(old: Condition, now: Condition): boolean {
  const [before, after] = [old, now].map((each) => ('parts' in each ? each.parts : []));
  return (before ?? []).some(({ text }) => after?.some((part) => part.text === text));
}

/** Parts that came or went, or one that changed, of `a && b` or `a || b`. */
function compareParts(old: Condition, now: Condition, kind: 'all' | 'any'): ConditionChange | undefined {
  if (old.kind !== kind && now.kind !== kind) return undefined;
  const [before, after] = [partsOf(old, kind), partsOf(now, kind)];
  const gone = before.filter(({ text }) => !after.some((part) => part.text === text));
  const come = after.filter(({ text }) => !before.some((part) => part.text === text));
  const shown = (parts: readonly Condition[]) => parts.map((part) => show(part.source)).join(', ');
  if (come.length === 0)
    return { kind: kind === 'all' ? 'wider' : 'narrower', detail: `without ${shown(gone)}` };
  if (gone.length === 0)
    return {
      kind: kind === 'all' ? 'narrower' : 'wider',
      detail: kind === 'all' ? `also asks ${shown(come)}` : `${shown(come)} is now enough`,
    };
  const [from, to] = [gone[0], come[0]];
  return gone.length === 1 && come.length === 1 && from && to ? compare(from, to) : undefined;
}

function partsOf(condition: Condition, kind: 'all' | 'any'): readonly Condition[] {
  return condition.kind === kind ? condition.parts : [condition];
}
