// The predicate of a prune as SQL in brackets of its own; a text that closes them is not one predicate.

import { Failure } from '../../../diagnostic/index.ts';
import type { PruneSelection } from '../../../target/prune.ts';
import { splitStatements, tokenize } from '../../statements.ts';

/** Fails with `sqlite/syntax`. */
export function predicate(where: string): string {
  let depth = 0;
  for (const { start, end } of tokenize(where)) {
    const text = where.slice(start, end);
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (depth < 0) break;
  }
  if (depth !== 0 || splitStatements(where).length !== 1 || where.includes('\0') || /;\s*$/.test(where))
    throw new Failure('sqlite/syntax', `\`where\` is not one predicate: ${where.trim().slice(0, 80)}`, {
      state: 'nothing was run',
    });
  return `(${where}\n)`;
}

/** Fails with `sqlite/bad-parameters` for values that have no name. */
export function namedParams(params: PruneSelection['params']): Readonly<Record<string, unknown>> {
  if (!Array.isArray(params)) return (params ?? {}) as Readonly<Record<string, unknown>>;
  throw new Failure('sqlite/bad-parameters', 'a predicate takes its values by name', {
    state: 'nothing was run',
  });
}
