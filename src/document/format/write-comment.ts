// Comments as the nodes of the YAML library keep them (without the first `#` of each line) → lines.

/** At most one blank line in a row. */
export function commentLines(comment: string | null | undefined): string[] {
  if (!comment) return [];
  const lines = comment.split(/\r?\n/).map((line) => (line === '' ? '' : `#${line}`.trimEnd()));
  return lines.filter((line, i) => line !== '' || (i > 0 && lines[i - 1] !== ''));
}

/** Behind a value; a comment of several lines does not fit there, and its rest is answered as lines. */
export function behind(comment: string | null | undefined): {
  readonly same: string;
  readonly below: readonly string[];
} {
  const [first, ...below] = commentLines(comment);
  return { same: first === undefined ? '' : ` ${first}`, below };
}
