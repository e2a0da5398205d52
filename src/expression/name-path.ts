// Paths of names such as `steps.count.stale`, read off the tree.

import type { Node } from './parse.ts';

/** Never reachable, whatever a value holds. */
export const forbiddenNames: ReadonlySet<string> = new Set(['constructor', '__proto__', 'prototype']);

export interface FieldAccess {
  readonly object: Node;
  readonly name: string;
  readonly isOptional: boolean;
}

/** The field that a node reads by a constant name, written `x.name`, `x.?name` or `x["name"]`. */
export function fieldAccess(node: Node): FieldAccess | undefined {
  if (node.op === '.' || node.op === '.?')
    return { object: node.args[0], name: node.args[1], isOptional: node.op === '.?' };
  if (node.op === '[]' || node.op === '[?]') {
    const key = node.args[1];
    if (key.op === 'value' && typeof key.args === 'string')
      return { object: node.args[0], name: key.args, isOptional: node.op === '[?]' };
  }
  return undefined;
}

/** The names from the root, or undefined when the node is not a plain path. */
export function namePath(node: Node): readonly string[] | undefined {
  if (node.op === 'id') return [node.args];
  const access = fieldAccess(node);
  if (!access) return undefined;
  const before = namePath(access.object);
  return before && [...before, access.name];
}

/** As written in sentences. */
export function showPath(path: readonly string[]): string {
  return path
    .map((name, index) =>
      /^[A-Za-z_]\w*$/.test(name) ? (index === 0 ? name : `.${name}`) : `[${JSON.stringify(name)}]`,
    )
    .join('');
}

/** The same path, as a key of a set. */
export function pathKey(path: readonly string[]): string {
  return path.join('\0');
}
