// What compiling a runbook carries along: the document, the findings so far, and the scope of expressions.

import { isRecord } from '../base/index.ts';
import type { Code, Finding, Place } from '../diagnostic/index.ts';
import type { Document, Path } from '../document/index.ts';
import {
  type CompileOptions,
  compileExpression,
  compileTemplate,
  constant,
  type Expression,
  type Scope,
  type Template,
  type ValueType,
} from '../expression/index.ts';

export interface CompileContext {
  readonly document: Document;
  readonly findings: Finding[];
  /** How expressions reach the disk, and what is said about names that are missing or may be. */
  readonly expressions: CompileOptions;
}

export type Raw = Readonly<Record<string, unknown>>;

export function rawRecord(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

export function rawList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function rawText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function addFinding(
  { findings }: CompileContext,
  code: Code,
  place: Place,
  message: string,
  more: { readonly fix?: string | undefined; readonly label?: string | undefined } = {},
): void {
  findings.push({
    code,
    level: 'error',
    message,
    place,
    ...(more.fix === undefined ? {} : { fix: more.fix }),
    ...(more.label === undefined ? {} : { label: more.label }),
  });
}

/** The template of a scalar; a constant after a problem, which has been reported. */
export function templateAt(context: CompileContext, path: Path, value: unknown, scope: Scope): Template {
  if (typeof value !== 'string')
    return constant(typeof value === 'number' || typeof value === 'boolean' ? value : null);
  const compiled = compileTemplate(value, scope, context.expressions);
  if (compiled.ok) return compiled.value;
  reportProblems(context, path, compiled.problems);
  return { ...constant(value), type: 'dyn' };
}

/** The expression of a scalar, or undefined when there is none or it has problems, which have been reported. */
export function expressionAt(
  context: CompileContext,
  path: Path,
  value: unknown,
  scope: Scope,
  expected?: ValueType,
): Expression | undefined {
  if (typeof value !== 'string') return undefined;
  const compiled = compileExpression(value, scope, expected, context.expressions);
  if (compiled.ok) return compiled.value;
  reportProblems(context, path, compiled.problems);
  return undefined;
}

function reportProblems(
  context: CompileContext,
  path: Path,
  problems: Extract<ReturnType<typeof compileTemplate>, { ok: false }>['problems'],
): void {
  for (const { code, message, offset, length, fix } of problems)
    addFinding(context, code, context.document.offsetPlace(path, offset, length), message, { fix });
}
