// Compiles runbooks written as YAML, by the real parser.

import { isRecord } from '../../src/base/index.ts';
import { type Finding, hasErrors } from '../../src/diagnostic/index.ts';
import { type Document, parseDocument, validateDocument } from '../../src/document/index.ts';
import { type CompiledRunbook, compileRunbook, type Runbook } from '../../src/runbook/index.ts';

export const projectFolder = '/project';

export function documentOf(text: string): Document {
  const { document, findings } = parseDocument({ file: 'test.yaml', text });
  if (!document) throw new Error(findings.map(({ message }) => message).join('; '));
  return document;
}

/** `body` without the three lines that every runbook has; findings of the compiler alone. */
export function compile(body: string): CompiledRunbook & { readonly document: Document } {
  const document = documentOf(withHead(body));
  const invalid = validateDocument(document, 'runbook');
  if (hasErrors(invalid)) throw new Error(`invalid: ${invalid.map(show).join('; ')}`);
  return { ...compileRunbook({ document, path: '/project/test.yaml', projectFolder }), document };
}

/** The runbook of a body without errors. */
export function runbook(body: string): Runbook {
  const { runbook: compiled, findings } = compile(body);
  if (!compiled) throw new Error(findings.map(show).join('; '));
  return compiled;
}

/** `code line:column message` of every finding; lines count within the body, after its first line break. */
export function findings(body: string): string[] {
  return compile(body).findings.map(show);
}

const head = 'apiVersion: belay/v1\nname: test\n';

function withHead(body: string): string {
  return (
    head + (/^steps:/m.test(body) ? body : `${body}\nsteps:\n  - { id: last, assert: "\${{ true }}" }\n`)
  );
}

function show({ code, place, message }: Finding): string {
  return `${code} ${(place?.line ?? 0) - 3}:${place?.column ?? 0} ${message}`;
}

export function record(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new Error('not a record');
  return value;
}
