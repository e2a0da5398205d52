// The WHERE of a statement as the conditions that AND joins, for saying that one of them went. Reads tokens only: what
// the statement really reaches, SQLite says.

import { tokenize } from '../../sqlite/index.ts';
import { normalSql } from './normal-sql.ts';

/** Of a whole statement. Undefined: there is none. */
export function whereParts(sql: string): readonly string[] | undefined {
  const words = wordsOf(sql);
  const start = words.findIndex((word) => word.depth === 0 && word.text === 'WHERE');
  return start < 0 ? undefined : partsOf(words.slice(start + 1));
}

/** Of a predicate alone. */
export function predicateParts(predicate: string): readonly string[] {
  return partsOf(wordsOf(predicate));
}

interface Word {
  readonly text: string;
  readonly depth: number;
}

const ends: ReadonlySet<string> = new Set(['ORDER', 'LIMIT', 'RETURNING', 'GROUP', 'WINDOW', 'UNION']);

function partsOf(words: readonly Word[]): readonly string[] {
  const parts: string[][] = [[]];
  let isBetween = false;
  for (const { text, depth } of words) {
    if (depth === 0 && ends.has(text)) break;
    // `a OR b` is one condition, however many ANDs it holds.
    if (depth === 0 && text === 'OR') return [words.map((word) => word.text).join(' ')];
    if (text === 'BETWEEN') isBetween = true;
    else if (text === 'AND' && depth === 0 && !isBetween) {
      parts.push([]);
      continue;
    } else if (text === 'AND') isBetween = false;
    parts.at(-1)?.push(text);
  }
  return parts.map((part) => part.join(' '));
}

function wordsOf(sql: string): Word[] {
  const text = normalSql(sql);
  let depth = 0;
  const words: Word[] = [];
  for (const token of tokenize(text)) {
    if (token.kind === 'space') continue;
    const word = text.slice(token.start, token.end);
    if (word === ')') depth--;
    words.push({ text: word, depth });
    if (word === '(') depth++;
  }
  return words;
}
