// Finds the expressions in a text: `${{ … }}`, with `$${{` as the way to write a literal `${{`.
// Knows just enough of CEL to find the real end: strings and braces; everything else is the parser's.

import type { ExpressionProblem } from './expression.ts';

export interface ExpressionPart {
  readonly kind: 'expression';
  /** Between the braces, untrimmed. */
  readonly source: string;
  /** Of `source` in the text. */
  readonly offset: number;
}

export type Part = { readonly kind: 'literal'; readonly text: string } | ExpressionPart;

export interface Scan {
  readonly parts: readonly Part[];
  readonly problems: readonly ExpressionProblem[];
}

/** The parts of a text in order; adjacent literals are one. An expression that does not end is a problem. */
export function scanTemplate(text: string): Scan {
  const parts: Part[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    literal += text.slice(at, dollar);
    if (text.startsWith('$${{', dollar)) {
      literal += '${{';
      at = dollar + 4;
    } else if (text.startsWith('${{', dollar)) {
      const end = expressionEnd(text, dollar + 3);
      if (end === undefined) return { parts, problems: [unclosed(dollar)] };
      if (literal !== '') parts.push({ kind: 'literal', text: literal });
      literal = '';
      parts.push({ kind: 'expression', source: text.slice(dollar + 3, end), offset: dollar + 3 });
      at = end + 2;
    } else {
      literal += '$';
      at = dollar + 1;
    }
  }
  literal += text.slice(at);
  if (literal !== '') parts.push({ kind: 'literal', text: literal });
  return { parts, problems: [] };
}

/** True when the text holds at least one `${{` that is not escaped. */
export function hasExpression(text: string): boolean {
  const { parts, problems } = scanTemplate(text);
  return problems.length > 0 || parts.some((part) => part.kind === 'expression');
}

function unclosed(offset: number): ExpressionProblem {
  return {
    code: 'expression/syntax',
    message: 'this `${{` is never closed',
    offset,
    length: 3,
    fix: 'end the expression with `}}`, or write `$${{` for a literal `${{`',
  };
}

/** The offset of the `}}` that closes the expression whose inside starts at `start`. */
function expressionEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"' || character === "'") {
      const end = stringEnd(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (character === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
    else if (character === '}' && text[at + 1] === '}') return at;
  }
  return undefined;
}

/** The offset of the last character of the string literal that begins at `at`; raw ones end like others, as in cel-js. */
function stringEnd(text: string, at: number): number | undefined {
  const quote = text[at] ?? '';
  const delimiter = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  for (let i = at + delimiter.length; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text.startsWith(delimiter, i)) return i + delimiter.length - 1;
  }
  return undefined;
}
