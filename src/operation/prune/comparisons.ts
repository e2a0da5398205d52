// Finds in a predicate what is compared for order with what: `expires_at < :cutoff`, `at BETWEEN :a AND :b`,
// `datetime('now') > at`. Only plain columns count; a column inside a function or a sum keeps no stored form.
// It never judges SQL: what it does not recognise it leaves out.

import { tokenize } from '../../sqlite/index.ts';
import type { TimeForm } from './time-form.ts';

export interface Comparison {
  readonly column: string;
  /** Which side of the order the selected rows are on: `below` for `column < bound`. */
  readonly side: 'below' | 'above';
  readonly bound:
    | { readonly kind: 'parameter'; readonly name: string }
    | { readonly kind: 'function'; readonly name: string; readonly form: TimeForm };
}

interface Word {
  readonly kind: string;
  readonly text: string;
}

/** Functions of SQLite that give a time, and its form. */
const timeFunctions: Readonly<Record<string, TimeForm>> = {
  datetime: 'sql',
  current_timestamp: 'sql',
  date: 'date',
  current_date: 'date',
  unixepoch: 'seconds',
  julianday: 'julian',
};
const boundaries = new Set(['', '(', ')', ',', 'and', 'or', 'not', 'when', 'then', 'else', 'end', 'collate']);
const sides: Readonly<Record<string, Comparison['side']>> = {
  '<': 'below',
  '<=': 'below',
  '>': 'above',
  '>=': 'above',
};

/** `columns`: names of the table's columns, as the schema spells them. */
export function comparisonsIn(where: string, columns: readonly string[]): Comparison[] {
  const words = wordsOf(where);
  const known = new Map(columns.map((column) => [column.toLowerCase(), column]));
  const found: Comparison[] = [];
  words.forEach((word, at) => {
    const side = sides[word.text];
    if (word.kind === 'other' && side !== undefined) {
      const left = { column: columnBefore(words, at, known), bound: boundBefore(words, at) };
      const right = { column: columnAfter(words, at, known), bound: boundAfter(words, at)?.bound };
      if (left.column !== undefined && right.bound)
        found.push({ column: left.column, side, bound: right.bound });
      if (right.column !== undefined && left.bound) {
        found.push({ column: right.column, side: side === 'below' ? 'above' : 'below', bound: left.bound });
      }
    } else if (word.kind === 'word' && lower(word) === 'between') {
      found.push(...between(words, at, known));
    }
  });
  return found;
}

function between(words: readonly Word[], at: number, known: ReadonlyMap<string, string>): Comparison[] {
  const isNegated = lower(words[at - 1]) === 'not';
  const column = columnBefore(words, isNegated ? at - 1 : at, known);
  const low = boundAfter(words, at);
  if (column === undefined || low === undefined || lower(words[low.end]) !== 'and') return [];
  const high = boundAfter(words, low.end);
  const sides = isNegated ? (['below', 'above'] as const) : (['above', 'below'] as const);
  return [
    { column, side: sides[0], bound: low.bound },
    ...(high === undefined ? [] : [{ column, side: sides[1], bound: high.bound }]),
  ];
}

/** Without space; two-character operators are one. */
function wordsOf(sql: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const token of tokenize(sql)) {
    if (token.kind === 'space') continue;
    const text = sql.slice(token.start, token.end);
    const last = words.at(-1);
    if (token.start === end && last?.kind === 'other' && /^[<>=!]$/.test(last.text) && /^[<>=]$/.test(text)) {
      words[words.length - 1] = { kind: 'other', text: last.text + text };
    } else {
      words.push({ kind: token.kind, text });
    }
    end = token.end;
  }
  return words;
}

function columnBefore(
  words: readonly Word[],
  at: number,
  known: ReadonlyMap<string, string>,
): string | undefined {
  const column = known.get(unquoted(words[at - 1]));
  const before = words[at - 2]?.text === '.' ? at - 4 : at - 2;
  return column !== undefined && isBoundary(words[before]) ? column : undefined;
}

function columnAfter(
  words: readonly Word[],
  at: number,
  known: ReadonlyMap<string, string>,
): string | undefined {
  const last = words[at + 2]?.text === '.' ? at + 3 : at + 1;
  const column = known.get(unquoted(words[last]));
  return column !== undefined && isBoundary(words[last + 1]) && words[last + 1]?.text !== '('
    ? column
    : undefined;
}

/** The bound that starts after `at`, and where it ends. */
function boundAfter(
  words: readonly Word[],
  at: number,
): { bound: Comparison['bound']; end: number } | undefined {
  const first = words[at + 1];
  const bound = boundOf(first);
  if (bound === undefined) return undefined;
  const end = bound.kind === 'function' && words[at + 2]?.text === '(' ? closing(words, at + 2) + 1 : at + 2;
  return isBoundary(words[end]) ? { bound, end } : undefined;
}

/** The bound that ends before `at`. */
function boundBefore(words: readonly Word[], at: number): Comparison['bound'] | undefined {
  let first = at - 1;
  if (words[first]?.text === ')') {
    let depth = 0;
    do {
      if (words[first]?.text === ')') depth++;
      if (words[first]?.text === '(') depth--;
      first--;
    } while (depth > 0 && first >= 0);
  }
  const bound = boundOf(words[first]);
  return bound !== undefined && isBoundary(words[first - 1]) ? bound : undefined;
}

function boundOf(word: Word | undefined): Comparison['bound'] | undefined {
  if (word?.kind === 'parameter') return { kind: 'parameter', name: word.text.slice(1) };
  const form = word?.kind === 'word' ? timeFunctions[lower(word)] : undefined;
  return word === undefined || form === undefined ? undefined : { kind: 'function', name: lower(word), form };
}

function closing(words: readonly Word[], open: number): number {
  let depth = 0;
  for (let i = open; i < words.length; i++) {
    if (words[i]?.text === '(') depth++;
    if (words[i]?.text === ')' && --depth === 0) return i;
  }
  return words.length;
}

function isBoundary(word: Word | undefined): boolean {
  return boundaries.has(lower(word));
}

function lower(word: Word | undefined): string {
  return word?.text.toLowerCase() ?? '';
}

function unquoted(word: Word | undefined): string {
  if (word?.kind === 'word') return lower(word);
  return word?.kind === 'quoted' ? word.text.slice(1, -1).replaceAll('""', '"').toLowerCase() : '';
}
