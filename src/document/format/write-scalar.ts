// A scalar as it is written: the text of the source, indented anew. Never computed from the value, but for quotes that
// make no difference: what a person wrote as a block stays a block, what folds stays folded where it is.

import type { Scalar } from 'yaml';

export interface WrittenScalar {
  /** On the line of the key. */
  readonly first: string;
  /** The lines after it, relative to the key. */
  readonly rest: readonly string[];
  readonly isBlock: boolean;
}

export function writeScalar(scalar: Scalar, text: string): WrittenScalar {
  const [start, end] = scalar.range ?? [0, 0];
  const source = text.slice(start, end);
  if (scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED')
    return writeBlock(source, String(scalar.value));
  const [first = '', ...rest] = source.split(/\r?\n/);
  if (rest.length > 0)
    return { first: first.trimEnd(), rest: rest.map((line) => indented(line.trim())), isBlock: false };
  return { first: withDoubleQuotes(scalar, source), rest: [], isBlock: false };
}

function withDoubleQuotes({ type, value }: Scalar, source: string): string {
  const isSame = type === 'QUOTE_SINGLE' && typeof value === 'string' && !/["\\\p{C}]/u.test(value);
  return isSame ? `"${value}"` : source;
}

/** Header without its comment; the body two columns right of the key, whatever the width of its indentation was. */
function writeBlock(source: string, value: string): WrittenScalar {
  const [head = '', ...body] = source.split(/\r?\n/);
  const header = /^[|>][-+0-9]*/.exec(head)?.[0] ?? '';
  // The end of the last line; blank lines after it belong to the text only where a `+` keeps them.
  if (body.at(-1) === '') body.pop();
  while (!header.includes('+') && body.at(-1)?.trim() === '') body.pop();
  const width = leadOf(body) - leadOf(value.split('\n'));
  return {
    first: header.replace(/[1-9]/, '2'),
    rest: body.map((line) => indented(line.slice(width))),
    isBlock: true,
  };
}

/** Spaces before the first line that is not blank. */
function leadOf(lines: readonly string[]): number {
  return /^ */.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0].length ?? 0;
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}
