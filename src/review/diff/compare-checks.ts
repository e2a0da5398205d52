// The conditions of a step: `if`, `assert`, `ensure`. For a check, holding in more cases is weaker; for what acts, running
// in more cases reaches further.

import { type Change, change } from './change.ts';
import { compareConditions } from './compare-condition.ts';
import { renamed } from './normal-value.ts';
import { show } from './show.ts';
import type { StepPair } from './step-pair.ts';
import { acts, called, isBackup, isCheck, levelOf } from './step-words.ts';

export function compareChecks(pair: StepPair): Change[] {
  return [...compareIf(pair), ...compareAssert(pair, 'assert'), ...compareAssert(pair, 'ensure')];
}

function conditionsOf({ old, now, renames }: StepPair, key: 'if' | 'assert' | 'ensure') {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    before: text(renamed(old.written[key], renames)),
    after: text(now.written[key]),
    where: { step: now.id, old: old.place(key), new: now.place(key) },
  };
}

function compareAssert(pair: StepPair, key: 'assert' | 'ensure'): Change[] {
  const { before, after, where } = conditionsOf(pair, key);
  const what = key === 'assert' ? called(pair.now) : `\`ensure\` of ${show(pair.now.id)}`;
  if (before === undefined && after === undefined) return [];
  if (before === undefined)
    return key === 'assert'
      ? []
      : [change('check-added', 'info', `${what} was added: ${show(after)} must hold after it`, where)];
  if (after === undefined)
    return key === 'assert'
      ? []
      : [
          change(
            'check-removed',
            'danger',
            `${what} was removed: nothing checks ${show(before)} after it`,
            where,
          ),
        ];
  const { kind, detail } = compareConditions(before, after);
  switch (kind) {
    case 'same':
      return [];
    case 'wider':
      return [change('check-weakened', 'danger', `${what} lets more through: ${detail}`, where)];
    case 'narrower':
      return [change('check-strengthened', 'info', `${what} asks for more: ${detail}`, where)];
    case 'opposite':
      return [change('check-weakened', 'danger', `${what} asks for the opposite: ${detail}`, where)];
    default:
      return [change('check-changed', 'caution', `${what} asks something else: ${detail}`, where)];
  }
}

function compareIf(pair: StepPair): Change[] {
  const { now } = pair;
  const { before, after, where } = conditionsOf(pair, 'if');
  if (before === undefined && after === undefined) return [];
  const { kind, detail } =
    before === undefined
      ? { kind: 'narrower' as const, detail: `only when ${show(after)}` }
      : after === undefined
        ? { kind: 'wider' as const, detail: `without ${show(before)}` }
        : compareConditions(before, after);
  if (kind === 'same') return [];
  const protects = isCheck(now) || isBackup(now) || now.compiled.kind === 'gate';
  if (protects) {
    const what = called(now);
    if (kind === 'wider')
      return [change('check-strengthened', 'info', `${what} runs in more cases: ${detail}`, where)];
    const weakened = isBackup(now)
      ? 'backup-weakened'
      : now.compiled.kind === 'gate'
        ? 'gate-weakened'
        : 'check-weakened';
    if (kind === 'opposite')
      return [change(weakened, 'danger', `${what} is now skipped whenever it ran before: ${detail}`, where)];
    return kind === 'narrower'
      ? [change(weakened, 'danger', `${what} is now skipped in some runs: ${detail}`, where)]
      : [
          change(
            isCheck(now) ? 'check-changed' : 'condition-changed',
            'caution',
            `${what} runs in other cases: ${detail}`,
            where,
          ),
        ];
  }
  const level = acts(now) ? levelOf(now.compiled.effect) : 'info';
  if (kind === 'opposite')
    return [
      change('condition-changed', level, `${called(now)} runs in the opposite cases: ${detail}`, where),
    ];
  if (kind === 'wider')
    return [change('condition-changed', level, `${called(now)} runs in more cases: ${detail}`, where)];
  const caution = acts(now) ? 'caution' : 'info';
  return [
    change(
      'condition-changed',
      caution,
      `${called(now)} runs in ${kind === 'narrower' ? 'fewer' : 'other'} cases: ${detail}`,
      where,
    ),
  ];
}
