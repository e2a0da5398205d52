// What a condition proves about outputs that may be missing: `has(x)` and what `&&`, `||` and `!` make of it.

import { namePath, pathKey } from './name-path.ts';
import type { Node } from './parse.ts';

/** Keys of paths that are known to be present. */
export type Guards = ReadonlySet<string>;

export interface Proof {
  readonly whenTrue: Guards;
  readonly whenFalse: Guards;
}

const nothing: Proof = { whenTrue: new Set(), whenFalse: new Set() };

export function proofOf(node: Node): Proof {
  switch (node.op) {
    case 'call': {
      const [name, [argument]] = node.args;
      const path = name === 'has' && argument ? namePath(argument) : undefined;
      return path ? { whenTrue: prefixes(path), whenFalse: new Set() } : nothing;
    }
    case '!_': {
      const inner = proofOf(node.args);
      return { whenTrue: inner.whenFalse, whenFalse: inner.whenTrue };
    }
    case '&&': {
      const [left, right] = [proofOf(node.args[0]), proofOf(node.args[1])];
      return {
        whenTrue: union(left.whenTrue, right.whenTrue),
        whenFalse: intersection(left.whenFalse, right.whenFalse),
      };
    }
    case '||': {
      const [left, right] = [proofOf(node.args[0]), proofOf(node.args[1])];
      return {
        whenTrue: intersection(left.whenTrue, right.whenTrue),
        whenFalse: union(left.whenFalse, right.whenFalse),
      };
    }
    default:
      return nothing;
  }
}

/** `has(a.b.c)` is true only when `a.b` is there too. */
function prefixes(path: readonly string[]): Guards {
  return new Set(path.map((_, index) => pathKey(path.slice(0, index + 1))));
}

export function union(a: Guards, b: Guards): Guards {
  return new Set([...a, ...b]);
}

function intersection(a: Guards, b: Guards): Guards {
  return new Set([...a].filter((key) => b.has(key)));
}
