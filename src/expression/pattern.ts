// Which patterns `matches()` may use: a subset of regular expressions whose backtracking can be counted beforehand.
// Source of the bound: a backtracking matcher follows at most one path per combination of choices; the choices are
// the alternatives, the repeat counts and, without `^`, the start.

export interface SafePattern {
  readonly isSafe: true;
  /** Paths of a match against n characters: at most `factor` × n^`degree`. */
  readonly degree: number;
  readonly factor: number;
}
export type PatternVerdict = SafePattern | { readonly isSafe: false; readonly reason: string };

interface Cost {
  readonly degree: number;
  readonly factor: number;
}

const maxLength = 500;
const maxDegree = 4;
const maxFactor = 1000;

class Refusal extends Error {}

/** Decides from the pattern alone. Conservative: a harmless pattern may be refused, a harmful one never passes. */
export function checkPattern(pattern: string): PatternVerdict {
  try {
    if (pattern.length > maxLength) throw new Refusal(`it is longer than ${maxLength} characters`);
    try {
      new RegExp(pattern);
    } catch {
      throw new Refusal('it is not a regular expression');
    }
    const reader = { pattern, at: 0 };
    const cost = readAlternatives(reader, 0);
    if (reader.at < pattern.length) throw new Refusal('it is not a regular expression');
    const isAnchored = pattern.startsWith('^') && !hasTopLevelBar(pattern);
    const degree = cost.degree + (isAnchored ? 0 : 1);
    if (degree > maxDegree) throw new Refusal('it repeats without bound too many times');
    if (cost.factor > maxFactor) throw new Refusal('it has too many combinations of alternatives');
    return { isSafe: true, degree, factor: cost.factor };
  } catch (error) {
    if (error instanceof Refusal) return { isSafe: false, reason: error.message };
    throw error;
  }
}

interface Reader {
  readonly pattern: string;
  at: number;
}

function readAlternatives(reader: Reader, depth: number): Cost {
  if (depth > 10) throw new Refusal('its groups are nested too deep');
  let degree = 0;
  let factor = 0;
  for (;;) {
    const one = readSequence(reader, depth);
    degree = Math.max(degree, one.degree);
    factor += one.factor;
    if (reader.pattern[reader.at] !== '|') return { degree, factor };
    reader.at++;
  }
}

function readSequence(reader: Reader, depth: number): Cost {
  let degree = 0;
  let factor = 1;
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern[reader.at] ?? '')) {
    const one = readRepeat(reader, readAtom(reader, depth));
    degree += one.degree;
    factor *= one.factor;
    if (degree > maxDegree * 4 || factor > maxFactor * 1000)
      throw new Refusal('it has too many repeats or alternatives');
  }
  return { degree, factor };
}

function readAtom(reader: Reader, depth: number): Cost {
  const { pattern } = reader;
  const simple: Cost = { degree: 0, factor: 1 };
  const character = pattern[reader.at++];
  if (character === '\\') {
    const escaped = pattern[reader.at++] ?? '';
    if (/[1-9k]/.test(escaped)) throw new Refusal('it refers back to a group');
    return simple;
  }
  if (character === '[') {
    while (reader.at < pattern.length && pattern[reader.at] !== ']')
      reader.at += pattern[reader.at] === '\\' ? 2 : 1;
    reader.at++;
    return simple;
  }
  if (character !== '(') return simple;
  if (pattern[reader.at] === '?') {
    if (pattern[reader.at + 1] !== ':') throw new Refusal('it looks ahead or behind, or names a group');
    reader.at += 2;
  }
  const inner = readAlternatives(reader, depth + 1);
  reader.at++;
  return inner;
}

function readRepeat(reader: Reader, inner: Cost): Cost {
  const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(reader.pattern.slice(reader.at));
  if (!quantifier) return inner;
  reader.at += quantifier[0].length;
  const [text, low, comma, high] = quantifier;
  const least = text.startsWith('{') ? Number(low) : text.startsWith('+') ? 1 : 0;
  const most = text.startsWith('{')
    ? comma === undefined
      ? least
      : high
        ? Number(high)
        : Number.POSITIVE_INFINITY
    : text.startsWith('?')
      ? 1
      : Number.POSITIVE_INFINITY;
  if (most === Number.POSITIVE_INFINITY) {
    if (inner.degree > 0) throw new Refusal('a repeat stands inside a repeat');
    if (inner.factor > 1) throw new Refusal('alternatives stand inside an unbounded repeat');
    return { degree: 1, factor: 1 };
  }
  if (most > 1 && inner.degree * most > maxDegree) throw new Refusal('a repeat stands inside a repeat');
  return { degree: inner.degree * most, factor: inner.factor ** most * (most - least + 1) };
}

function hasTopLevelBar(pattern: string): boolean {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '[')
      while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) return true;
  }
  return false;
}

/** Steps of a match that nobody waits for. */
const maxSteps = 10_000_000;

/**
 * Whether a text as a whole is what `pattern` says; `undefined` when the text is too long to find out. The pattern must have
 * been found safe.
 */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  const whole = wholePattern(pattern);
  const verdict = checkPattern(whole);
  if (!verdict.isSafe || verdict.factor * Math.max(1, text.length) ** verdict.degree > maxSteps)
    return undefined;
  return new RegExp(whole).test(text);
}

export function wholePattern(pattern: string): string {
  return `^(?:${pattern})$`;
}
