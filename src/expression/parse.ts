// Text to tree, by cel-js: its grammar and its structural limits. Checking and evaluating are ours
// (docs/decisions/0002-expression-semantics.md says why).

import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import type { ExpressionProblem } from './expression.ts';

export type Node = ASTNode;

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 16 },
});

export type Parsed = { readonly node: Node } | { readonly problem: ExpressionProblem };

/** Offsets of nodes and of the problem count in `source`. */
export function parseExpression(source: string): Parsed {
  try {
    return { node: environment.parse(source).ast };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { problem: toProblem(error, source) };
  }
}

function toProblem(error: ParseError, source: string): ExpressionProblem {
  const start = Math.min(error.range?.start ?? 0, source.length);
  const end = Math.max(error.range?.end ?? start, start);
  const place = { offset: start, length: Math.max(1, Math.min(end, source.length) - start) };
  if (source.trim() === '')
    return {
      code: 'expression/syntax',
      message: 'the expression is empty',
      offset: 0,
      length: Math.max(1, source.length),
    };
  if (error.code === 'limit_exceeded') {
    const limit = limits[/Exceeded (\w+)/.exec(error.summary)?.[1] ?? ''] ?? 'it is too large';
    return {
      code: 'expression/too-large',
      message: `the expression is too large: ${limit}`,
      ...place,
      fix: 'do the work in SQL, or in several steps',
    };
  }
  const found = start >= source.length ? 'the end' : `\`${source.slice(start, start + place.length)}\``;
  if (error.code === 'unterminated_string')
    return { code: 'expression/syntax', message: 'a text in the expression is never closed', ...place };
  if (error.code === 'reserved_identifier')
    return {
      code: 'expression/unknown-name',
      message: `${found} is not a name that an expression may use`,
      ...place,
    };
  if (error.code === 'invalid_macro_argument')
    return {
      code: 'expression/syntax',
      message: `${found} cannot stand here: a plain variable name is needed`,
      ...place,
    };
  if (/escape/.test(error.code))
    return {
      code: 'expression/syntax',
      message: 'a text in the expression has an escape that is unknown',
      ...place,
    };
  const after = source.slice(start);
  const fix = operatorFix(after);
  return {
    code: 'expression/syntax',
    message: `the expression cannot be read at ${found}`,
    ...place,
    ...(fix === undefined ? {} : { fix }),
  };
}

const limits: Readonly<Record<string, string>> = {
  maxAstNodes: 'it has more than 500 parts',
  maxDepth: 'it is nested more than 32 deep',
  maxListElements: 'a list in it has more than 200 values',
  maxMapEntries: 'a map in it has more than 200 entries',
  maxCallArguments: 'a call in it has more than 16 arguments',
};

function operatorFix(after: string): string | undefined {
  if (/^=(?!=)/.test(after)) return 'compare with `==`';
  if (/^and\b/.test(after)) return 'write `&&` for and';
  if (/^or\b/.test(after)) return 'write `||` for or';
  if (/^not\b/.test(after)) return 'write `!` for not';
  return undefined;
}
