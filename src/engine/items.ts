// The items of a `forEach`: resolved once, each with a key of its own.

import type { Value } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Step } from '../runbook/index.ts';
import { bindingsOf, type Execution } from './execution.ts';

export interface Item {
  readonly key: string;
  readonly item: Value;
}

const maxItems = 10_000;

/** Fails with `run/bad-items`, or with `expression/…`; nothing of the step was done then. */
export function resolveItems(execution: Execution, step: Step): readonly Item[] {
  const { forEach } = step;
  if (forEach === undefined) return [];
  const bindings = bindingsOf(execution);
  const raw =
    'evaluate' in forEach.items
      ? forEach.items.evaluate(bindings)
      : forEach.items.map((each) => each.evaluate(bindings));
  if (!Array.isArray(raw)) throw refuseItems(step, 'does not give a list');
  if (raw.length > maxItems)
    throw refuseItems(step, `gives ${raw.length} items; at most ${maxItems} are allowed`);
  const items = (raw as readonly Value[]).map((item) => ({
    item,
    key: String(forEach.key === undefined ? item : forEach.key.evaluate({ ...bindings, [forEach.as]: item })),
  }));
  const keys = new Set<string>();
  for (const { key } of items) {
    if (keys.has(key)) throw refuseItems(step, `gives the key \`${key}\` twice`);
    keys.add(key);
  }
  return items;
}

function refuseItems(step: Step, why: string): Failure {
  return new Failure('run/bad-items', `\`forEach.items\` of step \`${step.id}\` ${why}`, {
    place: step.places['/forEach/items'] ?? step.place,
    state: 'nothing of this step was done',
  });
}
