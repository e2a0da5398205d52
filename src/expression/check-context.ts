// What the checker knows where a node stands, and how it reports. Shared by the parts of the checker.

import type { CompileOptions, ExpressionProblem, Scope, ValueType } from './expression.ts';
import { type Guards, union } from './guards.ts';
import type { Node } from './parse.ts';
import { describeType, isOptionalType, type Type } from './types.ts';

/** What is known where a node stands. */
export interface Context {
  readonly scope: Scope;
  /** Variables of comprehensions, innermost last. */
  readonly variables: ReadonlyMap<string, ValueType>;
  readonly guards: Guards;
  /** How many comprehensions stand around. */
  readonly loops: number;
  /** Inside `has()`: what may be missing is what is asked. */
  readonly isAsking: boolean;
  readonly found: Found;
  /** The checker itself, for the parts that it is made of. */
  readonly check: (node: Node, context: Context) => Type;
  readonly options: CompileOptions;
}

export interface Found {
  readonly problems: ExpressionProblem[];
  readonly references: (readonly string[])[];
}

export function report(
  { found }: Context,
  code: ExpressionProblem['code'],
  node: { readonly start: number; readonly end: number },
  message: string,
  fix?: string,
): 'dyn' {
  found.problems.push({
    code,
    message,
    offset: node.start,
    length: Math.max(1, node.end - node.start),
    ...(fix === undefined ? {} : { fix }),
  });
  return 'dyn';
}

/** As `checkNode`, where a value that may be missing cannot stand. */
export function checkPlain(node: Node, context: Context): ValueType {
  const type = context.check(node, context);
  if (!isOptionalType(type)) return type;
  return report(
    context,
    'expression/unguarded',
    node,
    'this may be missing, and nothing says what counts then',
    'end it with `.orValue(…)`',
  );
}

export function withGuards(context: Context, guards: Guards): Context {
  return guards.size === 0 ? context : { ...context, guards: union(context.guards, guards) };
}

export function checkCondition(node: Node, context: Context, who: string): void {
  const type = checkPlain(node, context);
  if (type !== 'bool' && type !== 'dyn')
    report(context, 'expression/type', node, `${who} needs true or false, but this is ${describeType(type)}`);
}
