// Splits SQL text into statements and finds parameters and name places, as SQLite's own tokenizer would.
// It never judges SQL: SQLite compiles every statement, and `sourceSQL` proves that the split was SQLite's.

export interface Token {
  readonly kind: 'space' | 'word' | 'quoted' | 'string' | 'parameter' | 'semicolon' | 'other';
  readonly start: number;
  readonly end: number;
}

// Order matters as in SQLite: comments before operators. An unterminated quote or comment runs to the end.
const tokenPattern = new RegExp(
  [
    '(?<space>[ \\t\\n\\f\\r]+|--[^\\n]*(?:\\n|$)|/\\*[^]*?(?:\\*/|$))',
    "(?<string>[xX]?'(?:[^']|'')*(?:'|$))",
    '(?<quoted>"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\\[[^\\]]*(?:\\]|$))',
    '(?<parameter>\\?\\d*|[:@#$](?:[\\w$\\u0080-\\uffff]|::)+(?:\\([^)\\s]*\\))?)',
    '(?<semicolon>;)',
    '(?<word>[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*)',
    '(?<other>\\d[\\w$.]*|[^])',
  ].join('|'),
  'y',
);

export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < sql.length) {
    const start = tokenPattern.lastIndex;
    const groups = tokenPattern.exec(sql)?.groups ?? {};
    const kind = (Object.keys(groups).find((name) => groups[name] !== undefined) ?? 'other') as Token['kind'];
    tokens.push({ kind, start, end: tokenPattern.lastIndex });
  }
  return tokens;
}

// The state machine of sqlite3_complete(): a semicolon inside CREATE TRIGGER … END does not end the statement.
type State = 'start' | 'normal' | 'explain' | 'create' | 'trigger' | 'semi' | 'end';
type Symbol = 'semi' | 'other' | 'explain' | 'create' | 'temp' | 'trigger' | 'end';
const symbols: Readonly<Record<string, Symbol>> = {
  explain: 'explain',
  create: 'create',
  temp: 'temp',
  temporary: 'temp',
  trigger: 'trigger',
  end: 'end',
};
const next: Readonly<Record<State, Partial<Record<Symbol, State>> & { readonly other: State }>> = {
  start: { semi: 'start', explain: 'explain', create: 'create', other: 'normal' },
  normal: { semi: 'start', other: 'normal' },
  explain: { semi: 'start', create: 'create', other: 'explain' },
  create: { semi: 'start', temp: 'create', trigger: 'trigger', other: 'normal' },
  trigger: { semi: 'semi', other: 'trigger' },
  semi: { semi: 'semi', end: 'end', other: 'trigger' },
  end: { semi: 'start', other: 'trigger' },
};

/** The parts of a text, each with its semicolon and the space before it; joined they are the text. */
export function splitStatements(sql: string): string[] {
  const parts: string[] = [];
  let state: State = 'start';
  let begin = 0;
  for (const token of tokenize(sql)) {
    if (token.kind === 'space') continue;
    const symbol: Symbol =
      token.kind === 'semicolon'
        ? 'semi'
        : (token.kind === 'word' && symbols[sql.slice(token.start, token.end).toLowerCase()]) || 'other';
    state = next[state][symbol] ?? next[state].other;
    if (state === 'start') {
      parts.push(sql.slice(begin, token.end));
      begin = token.end;
    }
  }
  if (begin < sql.length) parts.push(sql.slice(begin));
  return parts;
}

/** True when a part holds nothing but space, comments and semicolons. */
export function isBlank(part: string): boolean {
  return tokenize(part).every((token) => token.kind === 'space' || token.kind === 'semicolon');
}

/** The first words of a statement, upper-case, at most `count`. */
export function leadingWords(part: string, count = 1): string[] {
  const words: string[] = [];
  for (const token of tokenize(part)) {
    if (token.kind === 'space' || (token.kind === 'semicolon' && words.length === 0)) continue;
    if (token.kind !== 'word' || words.length === count) break;
    words.push(part.slice(token.start, token.end).toUpperCase());
  }
  return words;
}

/** Parameters in order of appearance, with their sigil; `?` stands for itself each time. */
export function parametersOf(part: string): string[] {
  const found: string[] = [];
  for (const token of tokenize(part)) {
    if (token.kind !== 'parameter') continue;
    const name = part.slice(token.start, token.end);
    if (name === '?' || !found.includes(name)) found.push(name);
  }
  return found;
}

/** Replaces each `"$name"` by what `fill` gives; everything else stays as it is. */
export function fillNames(sql: string, fill: (name: string) => string): string {
  let out = '';
  for (const token of tokenize(sql)) {
    const text = sql.slice(token.start, token.end);
    const name = token.kind === 'quoted' ? /^"\$(\w+)"$/.exec(text)?.[1] : undefined;
    out += name === undefined ? text : quoteName(fill(name));
  }
  return out;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
