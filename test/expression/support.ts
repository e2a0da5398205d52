// One scope with bindings that fit it, and short ways to compile in it.

import { Duration, Timestamp } from '../../src/base/index.ts';
import { Failure } from '../../src/diagnostic/index.ts';
import {
  type Bindings,
  type CompileOptions,
  compileTemplate,
  type ExpressionProblem,
  type Scope,
  type Template,
} from '../../src/expression/index.ts';

export const scope: Scope = {
  params: {
    object: {
      n: { type: 'double' },
      maxShare: { type: 'double' },
      name: { type: 'string' },
      olderThan: { type: 'duration' },
      tables: { type: { list: 'string' } },
      notGiven: { type: 'string' },
    },
  },
  steps: {
    object: {
      count: {
        type: {
          object: {
            state: { type: 'string' },
            stale: { type: 'double' },
            row: { type: { map: 'dyn' } },
            rows: { type: { list: { map: 'dyn' } } },
          },
        },
      },
      vacuum: {
        type: {
          object: { state: { type: 'string' }, freedBytes: { type: 'double', isOptional: true } },
        },
      },
    },
  },
  l: { list: 'double' },
  b: 'bool',
  bytes: 'bytes',
  d: 'dyn',
  now: 'timestamp',
};

export const bindings: Bindings = {
  params: {
    n: 3,
    maxShare: 0.5,
    name: 'orders',
    olderThan: new Duration(90 * 86_400_000),
    tables: ['a', 'b'],
    notGiven: null,
  },
  steps: {
    count: { state: 'succeeded', stale: 4, row: { stale: 4, last: null }, rows: [{ id: 1 }, { id: 2 }] },
    vacuum: { state: 'skipped' },
  },
  l: [1, 2, 3],
  b: true,
  bytes: new Uint8Array([1, 2]),
  d: { a: 1 },
  now: new Timestamp(Date.UTC(2026, 0, 31, 22, 30, 5, 7)),
};

export const host = { exists: (path: string) => path === '/there', diskFree: () => 1000 };

export function compile(text: string, options: CompileOptions = { host }): Template {
  const compiled = compileTemplate(text, scope, options);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.problems.map(({ message }) => message).join('; ')}`);
  return compiled.value;
}

/** The value of one expression. */
export function value(expression: string, extra: Bindings = {}): unknown {
  return compile(`\${{ ${expression} }}`).evaluate({ ...bindings, ...extra });
}

/** Problems of one expression; `at` is the text they point at. */
export function problems(expression: string): (ExpressionProblem & { readonly at: string })[] {
  const text = `\${{ ${expression} }}`;
  const compiled = compileTemplate(text, scope);
  if (compiled.ok) return [];
  return compiled.problems.map((problem) => ({
    ...problem,
    at: text.slice(problem.offset, problem.offset + problem.length),
  }));
}

/** The message of the failure that evaluating ends with. */
export function failure(expression: string, extra: Bindings = {}): string {
  try {
    const result = value(expression, extra);
    throw new Error(`${expression} gave ${JSON.stringify(result)}`);
  } catch (error) {
    if (error instanceof Failure && error.code === 'expression/evaluation') return error.message;
    throw error;
  }
}
