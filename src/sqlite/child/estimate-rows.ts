// How many rows a statement will change, before it runs. Only for the size of its record: a wrong answer costs
// memory or a row-level undo, never correctness.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { parametersOf, type Token, tokenize } from '../statements.ts';

export interface RowEstimate {
  readonly kind: 'insert-values' | 'insert-select' | 'where' | 'unknown';
  /** Undefined: as many as the tables have. */
  readonly rows: number | undefined;
  /** The table that the statement itself names, without quotes and schema; others are written by triggers and cascades. */
  readonly table?: string;
}

export function estimateRows(db: DatabaseSync, sql: string, bound: readonly SQLInputValue[]): RowEstimate {
  const words = topLevel(sql);
  const verb = words[0]?.word;
  const table = nameOf(tableOf(sql, words));
  const named = table === undefined ? {} : { table };
  if (verb === 'DELETE') return { kind: 'where', rows: countWhere(db, sql, words, bound), ...named };
  if (verb === 'UPDATE' && !words.some(({ word }) => word === 'FROM'))
    return { kind: 'where', rows: countWhere(db, sql, words, bound), ...named };
  if (verb !== 'INSERT' && verb !== 'REPLACE') return { kind: 'unknown', rows: undefined };
  const select = words.find(({ word }) => word === 'SELECT');
  if (!select) return { kind: 'insert-values', rows: sql.split('(').length };
  const end = words.find(({ word, start }) => word === 'RETURNING' && start > select.start)?.start;
  return {
    kind: 'insert-select',
    rows: count(db, `SELECT count(*) AS rows FROM (${strip(sql.slice(select.start, end))})`, sql, bound),
  };
}

function countWhere(
  db: DatabaseSync,
  sql: string,
  words: readonly Word[],
  bound: readonly SQLInputValue[],
): number | undefined {
  const table = tableOf(sql, words);
  const where = words.find(({ word }) => word === 'WHERE')?.start;
  const end = words.find(({ word }) => ['RETURNING', 'ORDER', 'LIMIT'].includes(word))?.start;
  if (table === undefined) return undefined;
  const tail = where === undefined ? '' : strip(sql.slice(where, end));
  return count(db, `SELECT count(*) AS rows FROM ${table} ${tail}`, sql, bound);
}

function nameOf(text: string | undefined): string | undefined {
  const name = /(?:^|\.)\s*(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\]|([\w$\u0080-\uffff]+))\s*$/.exec(text ?? '');
  return name?.slice(1).find((part) => part !== undefined);
}

/** The text between the verb and the next clause: a name, perhaps with schema, alias and INDEXED BY. */
function tableOf(sql: string, words: readonly Word[]): string | undefined {
  const [verb, second] = words;
  const from = verb?.word === 'DELETE' && second?.word === 'FROM' ? second : verb;
  if (verb?.word === 'UPDATE' && second?.word === 'OR') return undefined;
  const stop = words.find(
    ({ word, start }) => start > (from?.end ?? 0) && /^(SET|WHERE|RETURNING|ORDER|LIMIT)$/.test(word),
  );
  return from && strip(sql.slice(from.end, stop?.start));
}

function count(
  db: DatabaseSync,
  select: string,
  sql: string,
  bound: readonly SQLInputValue[],
): number | undefined {
  // Values of named parameters that the shorter text does not take would be an error; positional ones do not match.
  const wanted = new Set(parametersOf(select));
  const [named] = bound;
  const isNamed = typeof named === 'object' && named !== null && !(named instanceof Uint8Array);
  if (!isNamed && wanted.size !== parametersOf(sql).length) return undefined;
  const values = isNamed
    ? [Object.fromEntries(Object.entries(named).filter(([name]) => wanted.has(name))) as never]
    : bound;
  try {
    return Number(db.prepare(select).get(...values)?.rows);
  } catch {
    // A clause this reading does not know; the caller then takes the whole table.
    return undefined;
  }
}

interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Words outside of brackets. */
function topLevel(sql: string): Word[] {
  const words: Word[] = [];
  let depth = 0;
  for (const { kind, start, end } of tokenize(sql) as readonly Token[]) {
    const text = sql.slice(start, end);
    if (text === '(') depth++;
    else if (text === ')') depth--;
    else if (kind === 'word' && depth === 0) words.push({ word: text.toUpperCase(), start, end });
  }
  return words;
}

function strip(text: string): string {
  return text.trim().replace(/;+$/, '');
}
