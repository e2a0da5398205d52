// All functions of expressions, by name.

import { pathFunctions } from './path.ts';
import type { ExpressionFunction } from './signature.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

export { parseTimestamp } from './time.ts';

/** Macros take code, not values: the checker and the evaluator know them by name. */
export const macroNames: readonly string[] = [
  'has',
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'orValue',
  'or',
  'hasValue',
  'value',
];

const all = [...timeFunctions, ...textFunctions, ...pathFunctions];

export const functions: ReadonlyMap<string, ExpressionFunction> = new Map(
  all.map((entry) => [entry.name, entry]),
);
