// Evaluates the leaves of a tree of templates.

import type { Value } from '../base/index.ts';
import type { Bindings, Template } from '../expression/index.ts';
import type { TemplateTree } from './runbook.ts';

export function isTemplate(tree: TemplateTree): tree is Template {
  return 'evaluate' in tree && typeof tree.evaluate === 'function';
}

/** The plain value of a tree; a key whose value is null counts as absent. Fails with `expression/evaluation`. */
export function evaluateTree(tree: TemplateTree, bindings: Bindings): Value {
  if (isTemplate(tree)) return tree.evaluate(bindings);
  if (Array.isArray(tree)) return tree.map((item: TemplateTree) => evaluateTree(item, bindings));
  const entries: [string, Value][] = [];
  for (const [key, inner] of Object.entries(tree as Readonly<Record<string, TemplateTree>>)) {
    const value = evaluateTree(inner, bindings);
    if (value !== null) entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}

/** Every template of a tree. */
export function templatesOf(tree: TemplateTree): readonly Template[] {
  return isTemplate(tree)
    ? [tree]
    : Object.values(tree).flatMap((inner) => templatesOf(inner as TemplateTree));
}

/** A tree as one template, where a whole value may hold expressions. */
export function treeTemplate(tree: TemplateTree): Template {
  if (isTemplate(tree)) return tree;
  const templates = templatesOf(tree);
  const isConstant = templates.every(({ kind }) => kind === 'constant');
  return {
    source: templates.map(({ source }) => source).join(' '),
    kind: isConstant ? 'constant' : 'expression',
    type: Array.isArray(tree) ? { list: 'dyn' } : { map: 'dyn' },
    references: templates.flatMap(({ references }) => references),
    evaluate: (bindings) => evaluateTree(tree, bindings),
  };
}
