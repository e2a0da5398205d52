// Params and secrets of a runbook: what can be given, what applies when nothing is given, where secrets come from.

import type { Param, Secret } from '../../runbook/index.ts';
import { type Change, change } from './change.ts';
import { isSame, normalValue } from './normal-value.ts';
import { boundsOf, useOf } from './param-use.ts';
import { show, showAll } from './show.ts';
import type { RunbookSide } from './side.ts';

export function compareParams(old: RunbookSide, now: RunbookSide): Change[] {
  const [before, after] = [byName(old.runbook.params), byName(now.runbook.params)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [from, to] = [before.get(name), after.get(name)];
    if (from === undefined) return to === undefined ? [] : added(to, now);
    if (to === undefined) return [removed(from)];
    return compareParam(from, to, old, now);
  });
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}

function added(param: Param, side: RunbookSide): Change[] {
  const name = show(param.name);
  const where = { new: param.place };
  if (param.isRequired)
    return [
      change(
        'param-added',
        'caution',
        `param ${name} was added and is required: a run without it is refused, also a scheduled one`,
        where,
      ),
    ];
  const value = param.default === undefined ? 'without a default' : `with the default ${show(param.default)}`;
  return [
    change('param-added', 'info', `param ${name} was added, ${value}${useOf(param.name, side).words}`, where),
  ];
}

function removed(param: Param): Change {
  return change(
    'param-removed',
    'caution',
    `param ${show(param.name)} was removed: a run that gives it is refused`,
    {
      old: param.place,
    },
  );
}

function compareParam(from: Param, to: Param, old: RunbookSide, now: RunbookSide): Change[] {
  const place = (side: RunbookSide, key: string) => side.document.keyPlace(['params', to.name, key]);
  const where = (key: string) => ({ old: place(old, key), new: place(now, key) });
  const name = show(to.name);
  const found: Change[] = [];
  if (from.type !== to.type)
    found.push(
      change(
        'param-changed',
        'caution',
        `param ${name} is now ${show(to.type)}, before ${show(from.type)}`,
        where('type'),
      ),
    );
  if (from.isRequired !== to.isRequired)
    found.push(
      to.isRequired
        ? change(
            'param-changed',
            'caution',
            `param ${name} is now required: a run without it is refused, also a scheduled one`,
            where('required'),
          )
        : change(
            'param-changed',
            'caution',
            `param ${name} is no longer required: without it the value is ${show(to.default)}${useOf(to.name, now).words}`,
            where('required'),
          ),
    );
  else found.push(...compareDefault(from, to, now, where('default')));
  found.push(...compareBounds(from, to, now, where));
  if (from.description !== to.description)
    found.push(
      change('words-changed', 'info', `the description of param ${name} changed`, where('description')),
    );
  return found;
}

function compareDefault(
  from: Param,
  to: Param,
  now: RunbookSide,
  where: { old: Param['place']; new: Param['place'] },
): Change[] {
  const format = { format: to.type };
  if (isSame(normalValue(from.default, format), normalValue(to.default, format))) return [];
  const use = useOf(to.name, now);
  const went =
    to.default === undefined
      ? `the default of param ${show(to.name)} (${show(from.default)}) was removed: without it there is no value`
      : `the default of param ${show(to.name)} went from ${show(from.default)} to ${show(to.default)}`;
  const more = use.category === undefined ? where : { ...where, category: use.category };
  if (use.category === 'retention' && typeof from.default === 'number' && typeof to.default === 'number') {
    const isLower = to.default < from.default;
    const lost = isLower ? `: up to ${from.default - to.default} backups would go at the next expiry` : '';
    return [
      change(
        isLower ? 'retention-lowered' : 'retention-raised',
        isLower ? 'danger' : 'info',
        `${went}${lost}${use.words}`,
        more,
      ),
    ];
  }
  const bounds = boundsOf(to.name, now, from.default, to.default);
  if (bounds !== undefined) return [change('default-changed', bounds.level, `${went}${bounds.words}`, more)];
  return [change('default-changed', use.level, `${went}${use.words}`, more)];
}

type Bound = 'minimum' | 'maximum' | 'minLength' | 'maxLength';
const bounds: readonly Bound[] = ['minimum', 'maximum', 'minLength', 'maxLength'];

function compareBounds(
  from: Param,
  to: Param,
  now: RunbookSide,
  where: (key: string) => { old: Param['place']; new: Param['place'] },
): Change[] {
  const name = show(to.name);
  const level = useOf(to.name, now).level === 'info' ? 'info' : 'caution';
  const found: Change[] = [];
  for (const bound of bounds) {
    if (from[bound] === to[bound]) continue;
    const isUpper = bound.startsWith('max');
    const absent = isUpper ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const [low, high] = [from[bound] ?? absent, to[bound] ?? absent];
    const isWider = isUpper ? high > low : high < low;
    const went = `\`${bound}\` of param ${name} went from ${show(from[bound])} to ${show(to[bound])}`;
    found.push(
      isWider
        ? change('param-changed', level, `${went}: values that were refused are taken now`, where(bound))
        : change('param-changed', 'info', `${went}: values that were taken are refused now`, where(bound)),
    );
  }
  const [before, after] = [from.enum ?? [], to.enum ?? []];
  const come = after.filter((value) => !before.includes(value));
  const gone = before.filter((value) => !after.includes(value));
  if (come.length > 0)
    found.push(
      change('param-changed', level, `param ${name} now also takes ${showAll(come)}`, where('enum')),
    );
  if (gone.length > 0)
    found.push(
      change(
        'param-changed',
        'caution',
        `param ${name} no longer takes ${showAll(gone)}: a run that gives it is refused`,
        where('enum'),
      ),
    );
  if (from.pattern !== to.pattern)
    found.push(
      change(
        'param-changed',
        level,
        `\`pattern\` of param ${name} went from ${show(from.pattern)} to ${show(to.pattern)}`,
        where('pattern'),
      ),
    );
  for (const key of ['items', 'properties'] as const)
    if (!isSame(shapeOf(from[key]), shapeOf(to[key])))
      found.push(
        change(
          'param-changed',
          'caution',
          `\`${key}\` of param ${name} changed: other values are taken`,
          where(key),
        ),
      );
  return found;
}

/** Without places and derived types. */
function shapeOf(shape: unknown): unknown {
  return normalValue(
    JSON.parse(
      JSON.stringify(shape ?? null, (key, value: unknown) =>
        key === 'place' || key === 'valueType' ? undefined : value,
      ),
    ),
  );
}

export function compareSecrets(old: RunbookSide, now: RunbookSide): Change[] {
  const [before, after] = [byName(old.runbook.secrets), byName(now.runbook.secrets)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [from, to] = [before.get(name), after.get(name)];
    const where = {
      ...(from === undefined ? {} : { old: hidden(from) }),
      ...(to === undefined ? {} : { new: hidden(to) }),
    };
    if (to === undefined)
      return [change('secret-changed', 'info', `secret ${show(name)} was removed`, where)];
    if (from === undefined)
      return [
        change(
          'secret-changed',
          'caution',
          `secret ${show(name)} was added, from ${sourceOf(to)}: check who gets to see it`,
          where,
        ),
      ];
    if (isSame(from.source, to.source)) return [];
    return [
      change(
        'secret-changed',
        'caution',
        `secret ${show(name)} now comes from ${sourceOf(to)}, before from ${sourceOf(from)}: who can set that decides what the run uses`,
        where,
      ),
    ];
  });
}

function sourceOf({ source }: Secret): string {
  return 'env' in source ? `the variable ${show(source.env)}` : `the file ${show(source.file)}`;
}

/** The line may hold what somebody took for the place of a secret. */
function hidden({ place }: Secret): Secret['place'] {
  const { text: _text, ...rest } = place;
  return rest;
}
