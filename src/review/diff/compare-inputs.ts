// The inputs of an action: what it works on, with which bounds. SQL is compared as SQL, `keep` as retention.

import { isRecord } from '../../base/index.ts';
import { templatesOf } from '../../runbook/index.ts';
import { type Change, change } from './change.ts';
import { compareKeep } from './compare-keep.ts';
import { inputRules } from './input-rules.ts';
import { isSame, normalValue, renamed } from './normal-value.ts';
import { defaultOf, paramOf } from './param-value.ts';
import { show } from './show.ts';
import { record, type StepView } from './side.ts';
import type { StepPair } from './step-pair.ts';
import { acts } from './step-words.ts';

/** Inputs that hold SQL or name files of it; `compare-sql.ts` speaks of them. */
const sqlInputs: ReadonlySet<string> = new Set(['sql', 'statements', 'file', 'from', 'where']);

interface Difference {
  /** Such as `changes.max`. */
  readonly key: string;
  readonly old: unknown;
  readonly now: unknown;
}

export function compareInputs(pair: StepPair): Change[] {
  return [...differences(pair).flatMap((difference) => compareOne(pair, difference)), ...compareTold(pair)];
}

function compareOne(pair: StepPair, difference: Difference): Change[] {
  const { key } = difference;
  if (key === 'keep') return compareKeepOf(pair, difference);
  if (sqlInputs.has(key) && pair.now.compiled.action?.startsWith('sqlite.')) return [];
  return compareInput(pair, difference);
}

/** Secrets that a step is given and was not given before. A program is told them to work; anything else passes them on. */
function compareTold({ old, now }: StepPair): Change[] {
  const known = new Set(secretsOf(old));
  const where = { step: now.id, old: old.place('with'), new: now.place('with') };
  const level = now.compiled.action === 'command.run' ? 'caution' : 'danger';
  return secretsOf(now)
    .filter((name) => !known.has(name))
    .map((name) =>
      change(
        'secret-changed',
        level,
        `${show(now.id)} is now told secret ${show(name)}: ${level === 'danger' ? 'it leaves the run' : 'Belay cannot look into what the program does with it'}`,
        where,
      ),
    );
}

function secretsOf({ compiled }: StepView): string[] {
  const references = templatesOf(compiled.with).flatMap(({ references: each }) => each);
  return [...new Set(references.flatMap(([root, name]) => (root === 'secrets' ? [name ?? 'any'] : [])))];
}

function differences({ old, now, renames }: StepPair): Difference[] {
  const [before, after] = [record(old.written.with), record(now.written.with)];
  const schema = record(record(now.action?.with).properties);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const [from, to] = [before[key] ?? undefined, after[key] ?? undefined];
    const normalOld = setOf(key, renamed(normalValue(from, schema[key]), renames));
    if (isSame(normalOld, setOf(key, normalValue(to, schema[key])))) return [];
    if (key !== 'changes') return [{ key, old: from, now: to }];
    return ['min', 'max']
      .map((bound) => ({ key: `changes.${bound}`, old: record(from)[bound], now: record(to)[bound] }))
      .filter((bound) => !isSame(bound.old, bound.now));
  });
}

/** Lists in which the order says nothing. */
const unordered: ReadonlySet<string> = new Set(['tables', 'touches', 'releases', 'exitCodes']);

function setOf(key: string, value: unknown): unknown {
  return unordered.has(key) && Array.isArray(value) ? [...value].sort() : value;
}

function compareInput(pair: StepPair, { key, old, now }: Difference): Change[] {
  const { sides, now: step } = pair;
  const path = ['with', ...key.split('.')];
  const where = { step: step.id, old: pair.old.place(...path), new: step.place(...path) };
  const id = show(step.id);
  const went =
    now === undefined
      ? `\`${key}\` of ${id} (${show(old)}) was removed`
      : old === undefined
        ? `\`${key}\` of ${id} is now ${show(now)}`
        : `\`${key}\` of ${id} went from ${show(old)} to ${show(now)}`;
  if (isTarget(pair, key)) {
    const level = acts(step) ? 'danger' : 'caution';
    return [change('target-changed', level, `${went}: it now works on another database`, where)];
  }
  const rule = inputRules[`${step.compiled.action} ${key}`];
  const [before, after] = [defaultOf(old, sides.old), defaultOf(now, sides.now)];
  const verdict = rule?.(before, after);
  const isChosen = paramOf(now) !== undefined && paramOf(old) === undefined;
  if (verdict === 'same' && !isChosen)
    return paramOf(old) === undefined || paramOf(now) !== undefined
      ? []
      : [change('input-changed', 'info', `${went}: a run can no longer choose it`, where)];
  if (verdict !== undefined && verdict !== 'same') {
    const { kind, level, words, category } = verdict;
    const more = category === undefined ? where : { ...where, category };
    return [change(kind, level, words === '' ? went : `${went}: ${words}`, more)];
  }
  const means = isChosen ? ': whoever starts the run now chooses it' : '';
  return [change('input-changed', 'caution', `${went}${means}`, where)];
}

function isTarget({ now }: StepPair, key: string): boolean {
  return key !== 'touches' && key !== 'releases' && (now.action?.targetKeys ?? []).includes(key as never);
}

function compareKeepOf({ old, now, sides }: StepPair, difference: Difference): Change[] {
  const resolved = (value: unknown, side: keyof typeof sides) => {
    const whole = defaultOf(value, sides[side]);
    return isRecord(whole) ? whole : value;
  };
  return compareKeep({
    old: resolved(difference.old, 'old'),
    now: resolved(difference.now, 'now'),
    of: ` of ${show(now.id)}`,
    resolved: (value, side) => defaultOf(value, sides[side]),
    where: { step: now.id, old: old.place('with', 'keep'), new: now.place('with', 'keep') },
  });
}
