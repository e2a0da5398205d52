// Puts the keys of a document into their canonical order, each with its comments. Changes the nodes that it is given.

import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { JsonObject } from '../../base/index.ts';
import type { DocumentKind } from '../document.ts';
import { schemasOf } from '../validators.ts';
import { type Branch, below, declaredKeys, expand } from './key-order.ts';

export function sortKeys(root: Node | null, kind: DocumentKind): void {
  const schema = schemasOf(kind)[kind];
  if (schema !== undefined) sortNode(root, expand({ schema, root: schema }));
}

function sortNode(node: Node | null, branches: readonly Branch[]): void {
  if (isSeq(node)) for (const item of node.items) sortNode(item as Node, below(branches, undefined));
  if (!isMap(node)) return;
  const map = node as YAMLMap<Node, Node | null>;
  const order = declaredKeys(branches);
  const rank = ({ key }: Pair<Node, Node | null>): number => {
    const at = order.indexOf(textOf(key));
    return at < 0 ? order.length : at;
  };
  if (order.length > 0) map.items.sort((a, b) => rank(a) - rank(b));
  const action = map.items.find(({ key }) => textOf(key) === 'action')?.value;
  for (const { key, value } of map.items) {
    const name = textOf(key);
    sortNode(value, name === 'with' ? inputsOf(textOf(action)) : below(branches, name));
  }
}

/** The inputs of a step are declared by its action. */
function inputsOf(action: string): Branch[] {
  const schema: JsonObject | undefined = schemasOf('with')[action];
  return schema === undefined ? [] : expand({ schema, root: schema });
}

function textOf(node: unknown): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}
