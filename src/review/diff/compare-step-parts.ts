// The rest of a step: the loop, outputs, what a rehearsal does, and its words.

import { type Change, change } from './change.ts';
import { isSame, normalValue, renamed } from './normal-value.ts';
import { show } from './show.ts';
import { record } from './side.ts';
import type { StepPair } from './step-pair.ts';

export function compareStepParts(pair: StepPair): Change[] {
  return [...compareLoop(pair), ...compareOutputs(pair), ...compareRehearsal(pair), ...compareWords(pair)];
}

function compareLoop(pair: StepPair): Change[] {
  const { old, now, renames } = pair;
  const [before, after] = [old.written.forEach, now.written.forEach];
  const [from, to] = [record(renamed(normalValue(before), renames)), record(normalValue(after))];
  const where = { step: now.id, old: old.place('forEach'), new: now.place('forEach') };
  const id = show(now.id);
  if (before === undefined && after === undefined) return [];
  if (before === undefined)
    return [
      change(
        'loop-changed',
        'caution',
        `${id} now runs once per item of ${show(record(after).items)}`,
        where,
      ),
    ];
  if (after === undefined)
    return [
      change(
        'loop-changed',
        'caution',
        `${id} no longer runs once per item of ${show(record(before).items)}, but once`,
        where,
      ),
    ];
  if (!isSame(from.items, to.items))
    return [
      change(
        'loop-changed',
        'caution',
        `${id} runs for other items: ${show(record(before).items)} became ${show(record(after).items)}`,
        where,
      ),
    ];
  const atOnce = (value: unknown) => value ?? 1;
  if (
    isSame({ ...from, maxParallel: atOnce(from.maxParallel) }, { ...to, maxParallel: atOnce(to.maxParallel) })
  )
    return [];
  return [change('loop-changed', 'info', `the loop of ${id} changed: it is now ${show(after)}`, where)];
}

function compareOutputs({ old, now, renames }: StepPair): Change[] {
  return compareOutputMaps(
    record(renamed(normalValue(old.written.outputs), renames)),
    record(normalValue(now.written.outputs)),
    {
      of: ` of ${show(now.id)}`,
      where: { step: now.id, old: old.place('outputs'), new: now.place('outputs') },
    },
  );
}

export function compareOutputMaps(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  { of, where }: { readonly of: string; readonly where: Parameters<typeof change>[3] },
): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    if (isSame(before[name], after[name])) return [];
    const what = `output ${show(name)}${of}`;
    if (after[name] === undefined)
      return [
        change('outputs-changed', 'caution', `${what} was removed: whoever reads it finds nothing`, where),
      ];
    if (before[name] === undefined)
      return [change('outputs-changed', 'info', `${what} was added: ${show(after[name])}`, where)];
    return [
      change(
        'outputs-changed',
        'caution',
        `${what} went from ${show(before[name])} to ${show(after[name])}`,
        where,
      ),
    ];
  });
}

function compareRehearsal({ old, now, renames }: StepPair): Change[] {
  const found: Change[] = [];
  const id = show(now.id);
  const where = (key: string) => ({ step: now.id, old: old.place(key), new: now.place(key) });
  if (old.compiled.rehearse !== now.compiled.rehearse)
    found.push(
      now.compiled.rehearse === 'run'
        ? change(
            'stub-changed',
            'caution',
            `${id} now really runs in a rehearsal too: its outside effect is real there`,
            where('rehearse'),
          )
        : change('stub-changed', 'info', `${id} no longer really runs in a rehearsal`, where('rehearse')),
    );
  if (!isSame(renamed(normalValue(old.written.stub), renames), normalValue(now.written.stub)))
    found.push(
      change(
        'stub-changed',
        'info',
        `the stub of ${id} changed: rehearsals and tests see something else`,
        where('stub'),
      ),
    );
  return found;
}

function compareWords({ old, now, renames }: StepPair): Change[] {
  return (['name', 'message'] as const).flatMap((key) => {
    const [before, after] = [renamed(normalValue(old.written[key]), renames), normalValue(now.written[key])];
    if (isSame(before, after)) return [];
    const said =
      now.written[key] === undefined
        ? `\`${key}\` of ${show(now.id)} was removed`
        : `\`${key}\` of ${show(now.id)} is now ${show(now.written[key])}`;
    return [
      change('words-changed', 'info', said, { step: now.id, old: old.place(key), new: now.place(key) }),
    ];
  });
}
