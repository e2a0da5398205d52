export { compileExpression, compileTemplate, constant } from './compile.ts';
export type {
  Bindings,
  Compiled,
  CompileOptions,
  Expression,
  ExpressionHost,
  ExpressionProblem,
  ObjectField,
  Scope,
  Template,
  ValueType,
} from './expression.ts';
export { formatValue, toJson } from './format-value.ts';
export { functionNames } from './function-names.ts';
export { parseTimestamp } from './functions/index.ts';
export { wallClock } from './functions/zone.ts';
export { createExpressionHost } from './host.ts';
export { type Comparison, type Condition, normalTemplate, readCondition } from './outline.ts';
export { checkPattern, matchesWhole, wholePattern } from './pattern.ts';
export { hasExpression } from './scan.ts';
export { describeType, joinTypes } from './types.ts';
