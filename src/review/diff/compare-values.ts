// Values that are given to runs by an environment, a params file or a schedule: which params get another value, and
// what that reaches.

import { type Change, change } from './change.ts';
import { isSame, normalValue } from './normal-value.ts';
import { boundsOf, useOf } from './param-use.ts';
import { show, showAll } from './show.ts';
import type { RunbookSide, Written } from './side.ts';

export interface ValuesPair {
  /** Whose values, such as `` environment `prod` ``. */
  readonly of: string;
  readonly old: Written;
  readonly now: Written;
  readonly runbooks: readonly RunbookSide[];
  readonly where: (name: string) => Pick<Change, 'old' | 'new'>;
}

const levels = ['info', 'caution', 'danger'] as const;

export function compareValues({ of, old, now, runbooks, where }: ValuesPair): Change[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const users = runbooks.filter(({ runbook }) => runbook.params.some((param) => param.name === name));
    const type = users[0]?.runbook.params.find((param) => param.name === name)?.type;
    if (isSame(normalValue(old[name], { format: type }), normalValue(now[name], { format: type }))) return [];
    const uses = users.map((side) => {
      const use = useOf(name, side);
      const bounds = boundsOf(name, side, old[name], now[name]);
      return { side, use: bounds === undefined ? use : { ...use, ...bounds } };
    });
    const worst = uses.reduce(
      (level, { use }) => Math.max(level, levels.indexOf(use.level)),
      users.length === 0 ? 1 : 0,
    );
    const level = levels[worst] ?? 'caution';
    const reaching = uses.find(({ use }) => use.level === level);
    const runs =
      users.length === 0
        ? '; no runbook that was compared declares it'
        : `; ${showAll(users.map(({ runbook }) => runbook.name))} ${users.length === 1 ? 'takes' : 'take'} it${reaching?.use.words ?? ''}`;
    const what = `param ${show(name)} of ${of}`;
    const went =
      old[name] === undefined
        ? `${what} is now ${show(now[name])}`
        : now[name] === undefined
          ? `${what} (${show(old[name])}) was removed: the default applies`
          : `${what} went from ${show(old[name])} to ${show(now[name])}`;
    const category = reaching?.use.category;
    return [
      change('value-changed', level, `${went}${runs}`, {
        ...where(name),
        ...(category === undefined ? {} : { category }),
      }),
    ];
  });
}
