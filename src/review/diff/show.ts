// Values of files inside a sentence: short, on one line, in backticks that they cannot leave.

import { isRecord } from '../../base/index.ts';

const longest = 60;

/** What is not there is `none`, without backticks. `90d`, `alice, bob`, `last: 3, daily: 7`; what is long is cut. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  const text = plain(value).replaceAll('`', "'").replaceAll(/\s+/g, ' ').trim();
  return `\`${unmasked(text.length > longest ? `${text.slice(0, longest - 1)}…` : text)}\``;
}

/** A Cyrillic or Greek letter among Latin ones is there to be taken for one of them: it is shown by its number. */
function unmasked(text: string): string {
  return text.replaceAll(/[\p{L}\p{N}_.@-]+/gu, (word) =>
    /\p{Script=Latin}/u.test(word)
      ? word.replaceAll(
          /[\p{Script=Cyrillic}\p{Script=Greek}]/gu,
          (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`,
        )
      : word,
  );
}

/** `` `a` ``, `` `a` and `b` ``, `` `a`, `b` and 3 more ``. */
export function showAll(values: readonly unknown[]): string {
  const shown = values.slice(0, values.length > 4 ? 3 : 4).map(show);
  const rest = values.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : bare(value);
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.map(plain).join(', ');
  if (isRecord(value))
    return Object.entries(value)
      .map(([key, item]) => `${key}: ${plain(item)}`)
      .join(', ');
  return String(value);
}

/** One whole expression without its brackets. */
function bare(text: string): string {
  return /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1]?.trim() ?? text;
}
