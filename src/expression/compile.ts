// Compiles scalars of a runbook: finds the expressions in them, checks each, and gives what can be evaluated.

import type { Value } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { Budget, checkResultSize, maxTextLength } from './budget.ts';
import { checkNode } from './check.ts';
import { type Context, checkPlain, type Found } from './check-context.ts';
import { evaluatePlain } from './evaluate.ts';
import { EvaluationError } from './evaluation-error.ts';
import type {
  Bindings,
  Compiled,
  CompileOptions,
  Expression,
  ExpressionProblem,
  Scope,
  Template,
  ValueType,
} from './expression.ts';
import { valueText } from './format-value.ts';
import { type Node, parseExpression } from './parse.ts';
import { describeValue, isOfType } from './runtime.ts';
import { type ExpressionPart, scanTemplate } from './scan.ts';
import { describeType, isAssignable } from './types.ts';

/**
 * Compiles a text that is one whole `${{ … }}`; space around it does not count.
 *
 * With `expected`, the type is checked now where it is known, and when it is evaluated where it is not.
 * Problems are all that were found, by offset in `text`.
 */
export function compileExpression(
  text: string,
  scope: Scope,
  expected?: ValueType,
  options: CompileOptions = {},
): Compiled<Expression> {
  const { parts, problems } = scanTemplate(text);
  if (problems.length > 0) return { ok: false, problems };
  const whole = wholeExpression(parts);
  if (!whole)
    return {
      ok: false,
      problems: [
        {
          code: 'expression/syntax',
          message: 'this must be one expression',
          offset: 0,
          length: Math.max(1, text.length),
          fix: `write it as \`\${{ ${parts.length > 1 ? '…' : text.trim() || '…'} }}\``,
        },
      ],
    };
  return compilePart(whole, scope, expected, options);
}

/** Compiles a text with any number of expressions in it, or none. */
export function compileTemplate(
  text: string,
  scope: Scope,
  options: CompileOptions = {},
): Compiled<Template> {
  const { parts, problems } = scanTemplate(text);
  if (problems.length > 0) return { ok: false, problems };
  const whole = wholeExpression(parts);
  if (whole) {
    const compiled = compilePart(whole, scope, undefined, options);
    if (!compiled.ok) return compiled;
    const { type, references, evaluate } = compiled.value;
    return { ok: true, value: { source: text, kind: 'expression', type, references, evaluate } };
  }
  if (parts.every((part) => part.kind === 'literal'))
    return { ok: true, value: { ...constant(parts.map(({ text: part }) => part).join('')), source: text } };
  return compileText(text, parts, scope, options);
}

/** A template that always gives `value`. */
export function constant(value: Value): Template {
  return {
    source: typeof value === 'string' ? value : JSON.stringify(value),
    kind: 'constant',
    type: typeOf(value),
    references: [],
    evaluate: () => value,
  };
}

function wholeExpression(parts: ReturnType<typeof scanTemplate>['parts']): ExpressionPart | undefined {
  const [only, ...others] = parts.filter((part) => part.kind === 'expression' || part.text.trim() !== '');
  return only?.kind === 'expression' && others.length === 0 ? only : undefined;
}

function compilePart(
  { source, offset }: ExpressionPart,
  scope: Scope,
  expected: ValueType | undefined,
  options: CompileOptions,
): Compiled<Expression> {
  const parsed = parseExpression(source);
  if ('problem' in parsed) return { ok: false, problems: [moved(parsed.problem, offset)] };
  const { node } = parsed;
  const found: Found = { problems: [], references: [] };
  const context: Context = {
    scope,
    variables: new Map(),
    guards: new Set(),
    loops: 0,
    isAsking: false,
    found,
    check: checkNode,
    options,
  };
  const type = checkPlain(node, context);
  if (found.problems.length === 0 && expected !== undefined && !isAssignable(type, expected))
    found.problems.push({
      code: 'expression/type',
      message: `this must be ${describeType(expected)}, but it is ${describeType(type)}`,
      offset: node.start,
      length: Math.max(1, node.end - node.start),
    });
  if (found.problems.length > 0)
    return { ok: false, problems: found.problems.map((problem) => moved(problem, offset)).sort(byOffset) };
  const shown = source.trim();
  return {
    ok: true,
    value: {
      source: shown,
      type,
      references: uniquePaths(found.references),
      evaluate: (bindings) => evaluateExpression(node, shown, bindings, expected, options),
    },
  };
}

function evaluateExpression(
  node: Node,
  source: string,
  bindings: Bindings,
  expected: ValueType | undefined,
  { host }: CompileOptions,
): Value {
  return explainFailure(source, () => {
    const value = evaluatePlain(node, { bindings, variables: new Map(), budget: new Budget(), host });
    if (expected !== undefined && !isOfType(value, expected))
      throw new EvaluationError(
        `it must give ${describeType(expected)}, but it gives ${describeValue(value)}`,
      );
    checkResultSize(value);
    return value;
  });
}

function compileText(
  text: string,
  parts: ReturnType<typeof scanTemplate>['parts'],
  scope: Scope,
  options: CompileOptions,
): Compiled<Template> {
  const problems: ExpressionProblem[] = [];
  const references: (readonly string[])[] = [];
  const pieces: { readonly source: string; readonly evaluate: (bindings: Bindings) => string }[] = [];
  for (const part of parts) {
    if (part.kind === 'literal') {
      pieces.push({ source: part.text, evaluate: () => part.text });
      continue;
    }
    const compiled = compilePart(part, scope, undefined, options);
    if (!compiled.ok) {
      problems.push(...compiled.problems);
      continue;
    }
    const { type, source, evaluate } = compiled.value;
    if (type === 'null' || type === 'bytes')
      problems.push({
        code: 'expression/type',
        message: `${describeType(type)} cannot stand in a text`,
        offset: part.offset,
        length: Math.max(1, part.source.length),
      });
    references.push(...compiled.value.references);
    pieces.push({
      source,
      evaluate: (bindings) => explainFailure(source, () => valueText(evaluate(bindings))),
    });
  }
  if (problems.length > 0) return { ok: false, problems: problems.sort(byOffset) };
  return {
    ok: true,
    value: {
      source: text,
      kind: 'text',
      type: 'string',
      references: uniquePaths(references),
      evaluate(bindings) {
        const result = pieces.map((piece) => piece.evaluate(bindings)).join('');
        if (result.length <= maxTextLength) return result;
        throw new Failure(
          'expression/evaluation',
          `a text with expressions in it grows over ${maxTextLength} characters`,
        );
      },
    },
  };
}

function explainFailure<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // The only RangeError that evaluation can meet is the end of the stack.
    const failure =
      error instanceof RangeError ? new EvaluationError('its values are nested too deep') : error;
    if (!(failure instanceof EvaluationError)) throw failure;
    const shown = source.length > 120 ? `${source.slice(0, 119)}…` : source;
    throw new Failure('expression/evaluation', `cannot evaluate \`${shown}\`: ${failure.message}`, {
      ...(failure.cause === undefined ? {} : { cause: failure.cause }),
    });
  }
}

function moved(problem: ExpressionProblem, by: number): ExpressionProblem {
  return { ...problem, offset: problem.offset + by };
}

function byOffset(a: ExpressionProblem, b: ExpressionProblem): number {
  return a.offset - b.offset;
}

function uniquePaths(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(paths.map((path) => [path.join('\0'), path])).values()];
}

function typeOf(value: Value): ValueType {
  if (Array.isArray(value)) return { list: 'dyn' };
  for (const type of ['null', 'bool', 'double', 'string', 'bytes', 'timestamp', 'duration'] as const)
    if (isOfType(value, type)) return type;
  return { map: 'dyn' };
}
