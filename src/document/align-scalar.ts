// Where a character of a scalar's value stands in the source: through quotes, escapes, folding and indentation.

/**
 * The offset in `source` of character `index` of `value`, where `source` is the scalar as written.
 *
 * Folding and indentation change only white space, so aligning everything else in order is exact;
 * inside a run of white space the answer may be off by the width of that run.
 */
export function alignScalar(source: string, value: string, index: number): number {
  const quote = source[0] === '"' || source[0] === "'" ? source[0] : '';
  const isBlock = source[0] === '|' || source[0] === '>';
  let at = isBlock ? source.indexOf('\n') + 1 : quote.length;
  let done = 0;
  while (done <= index && at < source.length) {
    const wanted = value[done] ?? '';
    if (quote === '"' && source[at] === '\\') {
      const sequence = escapeAt(source, at);
      if (sequence.width > 0) {
        if (done + sequence.width > index) return at;
        done += sequence.width;
      }
      at += sequence.length;
      continue;
    }
    if (isSpace(wanted)) {
      if (done === index) return at;
      if (isSpace(source[at] ?? '')) at++;
      done++;
      continue;
    }
    while (at < source.length && isSpace(source[at] ?? '')) at++;
    if (quote === '"' && source[at] === '\\') continue;
    if (done === index) return at;
    at += quote === "'" && source[at] === "'" ? 2 : 1;
    done++;
  }
  return Math.min(at, source.length);
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}

/** Length of the escape in the source, and how many characters of the value it makes. */
function escapeAt(source: string, at: number): { length: number; width: number } {
  const kind = source[at + 1] ?? '';
  if (kind === '\n' || kind === '\r') {
    const rest = /^\\\r?\n[ \t]*/.exec(source.slice(at));
    return { length: rest?.[0].length ?? 2, width: 0 };
  }
  const digits = kind === 'x' ? 2 : kind === 'u' ? 4 : kind === 'U' ? 8 : 0;
  const code = digits > 0 ? Number.parseInt(source.slice(at + 2, at + 2 + digits), 16) : 0;
  return { length: 2 + digits, width: code > 0xffff ? 2 : 1 };
}
