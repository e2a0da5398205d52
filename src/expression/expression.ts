// The contract of expressions: compiled and type-checked once, evaluated many times, never able to run away.

import type { Value } from '../base/index.ts';

export type ValueType =
  | 'null'
  | 'bool'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  /** Not known before the run. */
  | 'dyn'
  | { readonly list: ValueType }
  | { readonly map: ValueType }
  | { readonly object: Readonly<Record<string, ObjectField>> };

export interface ObjectField {
  readonly type: ValueType;
  /** May be missing at run time: must be guarded with `has()` or `.?`. */
  readonly isOptional?: boolean;
  readonly description?: string;
}

/** Names an expression may use, with their types: `params`, `steps`, `target`, `run`, `now`, `self`, … */
export type Scope = Readonly<Record<string, ValueType>>;

/** A problem inside an expression; `offset` and `length` count characters in the text that was compiled. */
export interface ExpressionProblem {
  readonly code:
    | 'expression/syntax'
    | 'expression/unknown-name'
    | 'expression/type'
    | 'expression/unguarded'
    | 'expression/too-large'
    | 'expression/unsafe-pattern';
  readonly message: string;
  readonly offset: number;
  readonly length: number;
  readonly fix?: string;
}

/** Values for the names of a scope. */
export type Bindings = Readonly<Record<string, Value>>;

/** What expressions may ask of the machine; only evaluation calls it, compiling never does. */
export interface ExpressionHost {
  /** Free bytes for an unprivileged user where `path` is or would be. */
  diskFree(path: string): number;
  exists(path: string): boolean;
}

export interface CompileOptions {
  /** Needed to evaluate `diskFree` and `exists`. */
  readonly host?: ExpressionHost;
  /** What to say about a name path that the scope does not hold; undefined for the usual sentence. */
  readonly explainUnknown?: (
    path: readonly string[],
  ) => { readonly message: string; readonly fix?: string } | undefined;
  /** Why the output at this path may be missing, such as `step `vacuum` has an `if``. */
  readonly explainMissing?: (path: readonly string[]) => string | undefined;
}

export interface Expression {
  readonly source: string;
  readonly type: ValueType;
  /** Every name path that it reads, such as `['steps', 'count', 'stale']`. */
  readonly references: readonly (readonly string[])[];
  /** Fails with `expression/evaluation`; an error is never false. */
  evaluate(bindings: Bindings): Value;
}

/** A scalar of a runbook: constant, one whole expression (keeps its type), or text with expressions in it. */
export interface Template {
  readonly source: string;
  readonly kind: 'constant' | 'expression' | 'text';
  readonly type: ValueType;
  readonly references: readonly (readonly string[])[];
  evaluate(bindings: Bindings): Value;
}

export type Compiled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };
