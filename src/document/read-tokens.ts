// Text → YAML tokens, under the limits. What YAML allows and Belay refuses by its looks (directives, tags, too many
// aliases, too deep, control characters) is found here, before anything is built from the text.

import { type CST, Lexer, Parser } from 'yaml';
import { type Code, escapeLine, type Finding } from '../diagnostic/index.ts';
import { limits } from './limits.ts';
import type { SourceMap } from './source-map.ts';

export interface TokenReading {
  /** Absent when a limit was passed, so that nothing may be built. */
  readonly tokens?: readonly CST.Token[];
  readonly findings: readonly Finding[];
}

export function readTokens(map: SourceMap): TokenReading {
  const findings: Finding[] = [];
  const report = (code: Code, offset: number, length: number, message: string, fix?: string) => {
    findings.push({
      code,
      level: 'error',
      message,
      place: map.at(offset, length),
      ...(fix === undefined ? {} : { fix }),
    });
  };
  const text = withoutDirectives(map.source.text, report);
  for (const match of text.matchAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/g)) {
    const shown = escapeLine(match[0]);
    report(
      'document/control-character',
      match.index,
      1,
      `the file contains the control character \`${shown}\``,
      'remove it',
    );
    if (findings.length >= 5) return { findings };
  }

  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let offset = 0;
  let aliases = 0;
  let previous = '';
  for (const lexeme of new Lexer().lex(text)) {
    // The lexeme after a start-of-scalar mark is text, whatever it begins with.
    const isMarkup = previous !== '\u001f';
    previous = lexeme;
    if (isMarkup && lexeme.startsWith('!')) {
      report(
        'document/tag',
        offset,
        lexeme.length,
        `the tag \`${lexeme}\` is not allowed`,
        'remove it; quote the value if it is a text',
      );
    } else if (isMarkup && lexeme.startsWith('*') && ++aliases > limits.aliases) {
      report(
        'document/too-many-aliases',
        offset,
        lexeme.length,
        `more than ${limits.aliases} aliases in one file`,
        'write the values out',
      );
      return { findings };
    }
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The lowest on the stack is the document itself, the highest may be a scalar.
    const isScalar = !/collection|map|seq/.test(parser.stack.at(-1)?.type ?? '');
    if (parser.stack.length - (isScalar ? 2 : 1) > limits.depth) {
      report(
        'document/too-deep',
        offset,
        1,
        `values are nested more than ${limits.depth} levels deep`,
        'nest them less',
      );
      return { findings };
    }
    // Control lexemes (byte order mark, start of document, start of scalar) have no width in the text.
    if (!/^[\u0001\u0002\u0018\u001f\ufeff]$/.test(lexeme)) offset += lexeme.length;
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, findings };
}

type Report = (code: Code, offset: number, length: number, message: string, fix?: string) => void;

/** Reports directives and turns them into comments of the same length, so that the rest is read as YAML 1.2. */
function withoutDirectives(text: string, report: Report): string {
  let out = text;
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('%')) {
      const directive = line.trimEnd();
      if (!/^%YAML[ \t]+1\.2([ \t]+#.*)?$/.test(directive)) {
        report(
          'document/directive',
          offset,
          directive.length,
          `the directive \`${directive}\` is not allowed; a runbook is YAML 1.2`,
          'remove the line',
        );
      }
      out = `${out.slice(0, offset)}#${out.slice(offset + 1)}`;
    } else if (!/^\s*(#.*)?$/.test(line)) break;
    offset += line.length + 1;
  }
  return out;
}
