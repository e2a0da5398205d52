// Errors of the YAML parser, said in the words of someone who writes runbooks.

import { type Document, visit, type YAMLError } from 'yaml';
import type { Code, Finding } from '../diagnostic/index.ts';
import type { SourceMap } from './source-map.ts';

interface Saying {
  readonly code?: Code;
  readonly message: string;
  readonly fix?: string;
}

/** Errors of one document, without those that only follow from an earlier one. */
export function syntaxFindings(document: Document.Parsed, map: SourceMap): Finding[] {
  const findings: Finding[] = [];
  const lines = new Set<number>();
  for (const error of document.errors) {
    const finding = syntaxFinding(error, document, map);
    // One fault makes the parser stumble several times on its line; the first is the cause.
    const { line = 0 } = finding.place ?? {};
    if (!lines.has(line)) findings.push(finding);
    lines.add(line);
    // What is not closed swallows the lines after it.
    if (/quote|must be sufficiently indented/.test(error.message)) break;
  }
  return findings;
}

function syntaxFinding(error: YAMLError, document: Document.Parsed, map: SourceMap): Finding {
  const { text } = map.source;
  let [start, end] = error.pos;
  if (/^Missing closing/.test(error.message)) [start, end] = openQuote(document, text) ?? [start, end];
  if (error.code !== 'TAB_AS_INDENT') start += /^[ ]*/.exec(text.slice(start))?.[0].length ?? 0;
  const place = map.at(start, Math.max(1, end - start));
  const saying = sayingOf(error, place.text ?? '', text.slice(start));
  return {
    code: saying.code ?? 'document/syntax',
    level: 'error',
    message: saying.message,
    place,
    ...(saying.fix ? { fix: saying.fix } : {}),
  };
}

/** Where the quoted text begins that is never closed. */
function openQuote(document: Document.Parsed, text: string): [number, number] | undefined {
  let found: [number, number] | undefined;
  visit(document, {
    Scalar(_key, node) {
      const [start, end] = node.range ?? [0, 0];
      const quote = text[start] ?? '';
      if ((quote === '"' || quote === "'") && (text[end - 1] !== quote || end - start < 2))
        found = [start, start + 1];
    },
  });
  return found;
}

const wrongIndentation: Saying = {
  message: 'wrong indentation: this line belongs neither to the block above nor to its parent',
  fix: 'start it in the same column as its siblings',
};

function sayingOf(error: YAMLError, line: string, rest: string): Saying {
  const quoteExpression = 'put quotes around the expression: "${{ … }}"';
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { code: 'document/tab', message: 'a tab in the indentation', fix: 'indent with spaces' };
    case 'RESOURCE_EXHAUSTION':
      return { code: 'document/too-deep', message: 'values are nested too deeply' };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return /^[^\n]*: /.test(rest)
        ? { message: 'a second `: ` in one value', fix: 'put quotes around the text that contains `: `' }
        : {
            message: 'this line does not fit the lines around it',
            fix: 'a key ends with `:`, and keys of one mapping start in the same column',
          };
    case 'BAD_INDENT':
      return /must be sufficiently indented/.test(error.message)
        ? {
            message: `a \`${error.message.includes('map') ? '{' : '['}\` is not closed before this`,
            fix: `close it with \`${error.message.includes('map') ? '}' : ']'}\``,
          }
        : wrongIndentation;
    case 'MISSING_CHAR':
      if (/quote/.test(error.message))
        return { message: 'a quoted text is not closed', fix: 'add the closing quote' };
      if (/map values/.test(error.message))
        return { message: 'a key without `:`', fix: 'write `key: value`, with a space after the colon' };
      if (/sequence item/i.test(error.message)) return wrongIndentation;
      return { message: lowerFirst(error.message) };
    case 'BAD_SCALAR_START':
      return {
        message: `a text cannot begin with ${rest[0] === '`' ? 'a backtick' : `\`${rest[0] ?? ''}\``} unless it is quoted`,
        fix: 'put quotes around it',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `${lowerFirst(error.message).replace(/(\\.*)$/, '`$1`')} in a double-quoted text`,
        fix: 'write the backslash twice, or use single quotes',
      };
    case 'UNEXPECTED_TOKEN':
      if (/(^|[^"'$])\$\{\{/.test(line) && /[{[]/.test(line.replaceAll('${{', '')))
        return { message: 'an expression inside `{ }` or `[ ]` must be quoted', fix: quoteExpression };
      if (/block-seq-ind on same line/.test(error.message))
        return { message: 'a list cannot begin on the line of its key', fix: 'begin it on the next line' };
      if (/scalar at node end/.test(error.message))
        return {
          message: 'text after a value that has already ended',
          fix: "put quotes around the whole, and double a `'` inside single quotes",
        };
      return {
        message: `${lowerFirst(error.message).replace(/flow-(map|seq)-(start|end)( token)?/, 'bracket')}`,
      };
    default:
      return { message: lowerFirst(error.message) };
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
