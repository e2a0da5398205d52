// How a function of expressions is declared: overloads for the checker, one run for the evaluator.

import type { Budget } from '../budget.ts';
import type { ExpressionHost } from '../expression.ts';
import type { RuntimeValue } from '../runtime.ts';
import type { Type } from '../types.ts';

export interface CallContext {
  readonly budget: Budget;
  readonly host: ExpressionHost | undefined;
}

export interface Overload {
  /** Arguments by position; of a method the receiver is the first. */
  readonly args: readonly Type[];
  /** How many of `args` must be given; all when absent. */
  readonly required?: number;
  /** The last of `args` may be repeated. */
  readonly isVariadic?: boolean;
  readonly result: Type | ((args: readonly Type[]) => Type);
}

/** What is wrong with an argument written as a literal. */
export interface LiteralProblem {
  readonly index: number;
  readonly message: string;
  readonly fix?: string;
  readonly isUnsafePattern?: boolean;
}

export interface ExpressionFunction {
  readonly name: string;
  /** `function`: `name(x)`; `method`: `x.name()`; `both`. */
  readonly form: 'function' | 'method' | 'both';
  readonly overloads: readonly Overload[];
  /** One line for the reference page. */
  readonly summary: string;
  /** Runs at validate time on the arguments that are literals; the others are undefined. */
  readonly checkLiterals?: (args: readonly (string | undefined)[]) => LiteralProblem | undefined;
  readonly run: (args: readonly RuntimeValue[], context: CallContext) => RuntimeValue;
}

/** Narrowing of arguments that the overload has already checked. */
export function textAt(args: readonly RuntimeValue[], index: number): string {
  const value = args[index];
  return typeof value === 'string' ? value : '';
}

export function numberAt(args: readonly RuntimeValue[], index: number): number | undefined {
  const value = args[index];
  return typeof value === 'number' ? value : undefined;
}
