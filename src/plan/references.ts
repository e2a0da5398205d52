// Which names a step reads, and which outputs are read at all.

import type { Step } from '../runbook/index.ts';
import type { ResolvedRun } from './resolve.ts';

/** Every name path that a step reads, wherever in it. */
export function stepReferences(step: Step): readonly (readonly string[])[] {
  return [
    ...[step.if, step.assert, step.ensure, step.message].flatMap((each) => each?.references ?? []),
    ...Object.values(step.outputs).flatMap((each) => each.references),
    ...treeReferences(step.with),
    ...itemReferences(step),
    ...gateReferences(step),
  ];
}

/** What the question of its gate reads. */
function gateReferences({ gate }: Step): readonly (readonly string[])[] {
  if (gate === undefined) return [];
  const expect = gate.kind === 'confirm' ? gate.expect : undefined;
  return [...gate.message.references, ...(expect?.references ?? [])];
}

export function itemReferences(step: Step): readonly (readonly string[])[] {
  if (step.forEach === undefined) return [];
  const { items, key } = step.forEach;
  const inItems = 'evaluate' in items ? items.references : items.flatMap((each) => each.references);
  return [...inItems, ...(key?.references ?? [])];
}

/** Every name path that a template tree reads. */
export function treeReferences(tree: Step['with']): readonly (readonly string[])[] {
  if ('evaluate' in tree && typeof tree.evaluate === 'function') {
    return (tree as { readonly references: readonly (readonly string[])[] }).references;
  }
  return Object.values(tree).flatMap((each) => treeReferences(each as Step['with']));
}

/** Steps whose outputs something reads; only these are worth computing while planning. */
export function neededOutputs({ runbook }: ResolvedRun): ReadonlySet<string> {
  const all = [...runbook.preconditions, ...runbook.steps, ...runbook.always];
  return new Set(
    [...all, ...all.flatMap((step) => step.preconditions)]
      .flatMap(stepReferences)
      .filter(([root]) => root === 'steps' || root === 'preconditions')
      .flatMap(([, id]) => (id === undefined ? [] : [id])),
  );
}
