// A value as somebody else might have written it: keys in any order, any indentation, any quotes, brackets or not, comments
// above keys and behind values. Each comment names the key that it belongs to.

export interface RandomYaml {
  readonly text: string;
  /** Comments above keys: the comment, and the key that must follow it. */
  readonly above: readonly { readonly comment: string; readonly key: string }[];
}

export function randomYaml(value: Readonly<Record<string, unknown>>, seed: number): RandomYaml {
  const random = mulberry(seed);
  const above: { comment: string; key: string }[] = [];
  let count = 0;
  const isLucky = (share: number) => random() < share;
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((each) => [random(), each] as const)
      .sort(([a], [b]) => a - b)
      .map(([, each]) => each);

  const scalar = (each: unknown, inBrackets: boolean): string => {
    if (typeof each !== 'string') return JSON.stringify(each);
    const isPlain =
      /^[a-zA-Z][\w ./-]*$/.test(each) && !/^(true|false|null|yes|no)$/i.test(each) && !/ $/.test(each);
    if (isPlain && isLucky(0.7)) return each;
    if (!inBrackets && isLucky(0.3) && /^\$\{\{[^#]*\}\}$/.test(each) && !each.includes(': ')) return each;
    return isLucky(0.4) && !each.includes('\n') ? `'${each.replaceAll("'", "''")}'` : JSON.stringify(each);
  };
  const inBrackets = (each: unknown): string => {
    if (Array.isArray(each)) return `[${each.map(inBrackets).join(isLucky(0.5) ? ',' : ', ')}]`;
    if (!isMapping(each)) return scalar(each, true);
    return `{${shuffled(Object.entries(each))
      .map(([key, item]) => `${key}: ${inBrackets(item)}`)
      .join(', ')}}`;
  };
  const behind = () => (isLucky(0.1) ? `   # behind ${Math.floor(random() * 1e6)}` : '');
  const pad = (lines: readonly string[], width: number) =>
    lines.map((line) => (line === '' ? '' : `${' '.repeat(width)}${line}`));

  /** The lines of a value, the first of them to stand behind its key or dash. */
  const behindKey = (each: unknown): { readonly first: string; readonly rest: readonly string[] } => {
    const width = 1 + Math.floor(random() * 4);
    if (Array.isArray(each) || isMapping(each)) {
      const isEmpty = Object.keys(each).length === 0;
      if (isEmpty || isLucky(0.3)) return { first: ` ${inBrackets(each)}${behind()}`, rest: [] };
      return { first: behind(), rest: pad(Array.isArray(each) ? items(each) : mapping(each), width) };
    }
    if (typeof each === 'string' && /\n/.test(each) && !/^[ \n]/.test(each)) {
      const keeps = /\n\n$/.test(each) ? '+' : each.endsWith('\n') ? '' : '-';
      const lines = (keeps === '-' ? each : each.slice(0, -1)).split('\n');
      return { first: ` |${keeps}`, rest: pad(lines, width) };
    }
    return { first: ` ${scalar(each, false)}${behind()}`, rest: [] };
  };
  const mapping = (each: Readonly<Record<string, unknown>>): string[] =>
    shuffled(Object.entries(each)).flatMap(([key, item]) => {
      const { first, rest } = behindKey(item);
      const lines = [`${key}:${first}`, ...rest];
      const blank = isLucky(0.15) ? [''] : [];
      if (!isLucky(0.3)) return [...blank, ...lines];
      const comment = `# above ${key} ${count++}`;
      above.push({ comment, key });
      return [...blank, comment, ...lines];
    });
  const items = (list: readonly unknown[]): string[] =>
    list.flatMap((each) => {
      if (isMapping(each) && Object.keys(each).length > 0 && isLucky(0.7)) {
        const lines = mapping(each);
        const at = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
        const [head = '', ...rest] = lines.slice(at);
        // Above the dash it speaks of the whole item.
        for (const line of lines.slice(0, at))
          above.splice(0, above.length, ...above.filter(({ comment }) => comment !== line));
        return [...lines.slice(0, at), `- ${head}`, ...pad(rest, 2)];
      }
      const { first, rest } = behindKey(each);
      return [`-${first}`, ...rest];
    });
  return { text: `${mapping(value).join('\n')}\n`, above };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Numbers from 0 to 1, the same for the same seed. */
function mulberry(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
