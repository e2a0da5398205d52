// Bounds what SQLite may be asked to compile. Views and common table expressions are written out wherever they are
// named: twenty that name one another twice are a million copies, and compiling cannot be interrupted.

import { type Token, tokenize } from '../../sqlite/index.ts';

/** What views and triggers are made of: the names in their text. Counted by words: too many perhaps, never too few. */
export interface Expansions {
  /** An upper bound of how many copies a statement becomes. */
  of(sql: string): number;
  /** Takes note of a view or trigger; false, and nothing noted, when statements that use it could grow without bound. */
  add(type: 'view' | 'trigger', name: string, sql: string): boolean;
}

/** Below this, compiling takes well under a second. */
const mostCopies = 2_000;
/** A statement compiles every trigger of its tables, and those of their tables, once. */
const mostOfTriggers = 20_000;
const mostViews = 500;

interface Body {
  readonly words: readonly string[];
  readonly factor: number;
}

export function createExpansions(): Expansions {
  let views = new Map<string, Body>();
  let triggers: readonly Body[] = [];

  const weightsOf = (all: ReadonlyMap<string, Body>): ReadonlyMap<string, number> => {
    const weights = new Map<string, number>();
    const weigh = (name: string, body: Body): number => {
      const known = weights.get(name);
      if (known !== undefined) return known;
      // A view that leads to itself does not compile.
      weights.set(name, 1);
      const weight = copiesOf(body, (word) => {
        const inner = all.get(word);
        return inner === undefined ? 0 : weigh(word, inner);
      });
      weights.set(name, weight);
      return weight;
    };
    for (const [name, body] of all) weigh(name, body);
    return weights;
  };
  let weights = weightsOf(views);
  const copies = (body: Body, by = weights) => copiesOf(body, (word) => by.get(word) ?? 0);

  return {
    of: (sql) => (weights.size === 0 && !/\bas\b/i.test(sql) ? 1 : copies(bodyOf(sql))),
    add(type, name, sql) {
      const body = bodyOf(sql);
      const nextViews = type === 'view' ? new Map(views).set(name.toLowerCase(), body) : views;
      const nextTriggers = type === 'trigger' ? [...triggers, body] : triggers;
      const nextWeights = type === 'view' ? weightsOf(nextViews) : weights;
      const ofTriggers = nextTriggers.reduce((sum, each) => sum + copies(each, nextWeights), 0);
      if (nextViews.size > mostViews || ofTriggers > mostOfTriggers) return false;
      for (const weight of nextWeights.values()) if (weight > mostCopies) return false;
      [views, triggers, weights] = [nextViews, nextTriggers, nextWeights];
      return true;
    },
  };
}

export function isTooMuch(copies: number): boolean {
  return copies > mostCopies;
}

function copiesOf({ words, factor }: Body, weightOf: (word: string) => number): number {
  return words.reduce((sum, word) => sum + weightOf(word), 1) * factor;
}

/** The names in a text, and how often its common table expressions are written out. */
function bodyOf(sql: string): Body {
  const tokens = tokenize(sql).filter(({ kind }) => kind !== 'space');
  const words = tokens
    .filter(({ kind }) => kind === 'word' || kind === 'quoted' || kind === 'string')
    .map((token) => nameOf(sql, token));
  let factor = 1;
  for (const name of commonNames(sql, tokens)) {
    // One of the places is the one that gives the name.
    const count = words.filter((word) => word === name).length - 1;
    factor *= Math.max(1, count);
    if (factor > mostCopies) break;
  }
  return { words, factor };
}

/** Names that a bracket after AS gives: `x AS (`, `x(a, b) AS (`, `x AS [NOT] MATERIALIZED (`. */
function commonNames(sql: string, tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  const textAt = (index: number) => {
    const token = tokens[index];
    return token === undefined || token.end - token.start > 12
      ? ''
      : sql.slice(token.start, token.end).toLowerCase();
  };
  for (let i = 1; i < tokens.length; i++) {
    if (textAt(i) !== 'as') continue;
    let after = i + 1;
    while (textAt(after) === 'not' || textAt(after) === 'materialized') after++;
    if (textAt(after) !== '(') continue;
    let at = i - 1;
    if (textAt(at) === ')') while (at > 0 && textAt(at) !== '(') at--;
    const token = tokens[textAt(at) === '(' ? at - 1 : at];
    if (token !== undefined) names.add(nameOf(sql, token));
  }
  return names;
}

function nameOf(sql: string, { start, end, kind }: Token): string {
  const text = sql.slice(start, end);
  return (kind === 'word' ? text : text.slice(1, -1)).toLowerCase();
}
