// The first lines that formatting changes, for the eye of a person.

/** Lines that are compared; what differs further on is only counted in. */
const window = 200;
const mostLines = 8;

/** `line` is the first that differs, counted from 1; `-` lines go, `+` lines come. */
export function differenceOf(
  before: string,
  after: string,
): { readonly line: number; readonly lines: readonly string[] } {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let first = 0;
  while (first < Math.min(old.length, now.length) && old[first] === now[first]) first++;
  const changed = edits(old.slice(first, first + window), now.slice(first, first + window));
  const shown = changed.slice(0, mostLines);
  return { line: first + 1, lines: changed.length > shown.length ? [...shown, '…'] : shown };
}

/** By the longest common subsequence. */
function edits(old: readonly string[], now: readonly string[]): string[] {
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1)))
      lines.push(`- ${old[i++]}`);
    else lines.push(`+ ${now[j++]}`);
  }
  return lines;
}
