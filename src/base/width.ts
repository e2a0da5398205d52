// How many columns a text takes on a terminal, and cutting it to fit. Colour codes take none.

const colorCodes = /\u001b\[[0-9;]*m/g;
const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;
// East Asian wide and fullwidth blocks, and emoji: two columns on every terminal that matters.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(colorCodes, '')) width += characterWidth(character);
  return width;
}

/** `text` in at most `width` columns; what is cut away shows as `…`. For text without colour codes. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (used + next > width - 1) break;
    out += character;
    used += next;
  }
  return `${out}…`;
}

/** As `clip`, the beginning cut away: the end of a path says more. */
export function clipStart(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const characters = [...text];
  let used = 1;
  let from = characters.length;
  while (from > 0) {
    const next = characterWidth(characters[from - 1] ?? '');
    if (used + next > width) break;
    used += next;
    from -= 1;
  }
  return `…${characters.slice(from).join('')}`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Breaks a paragraph at spaces so that no line is wider than `width`; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** As `wrap`, for one line: what goes over an indented one stands further in. */
export function wrapIndented(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const hanging = indent === '' ? '' : `${indent}  `;
  const lines = wrap(line.slice(indent.length), Math.max(20, width - hanging.length));
  return lines.map((each, i) => `${i === 0 ? indent : hanging}${each}`);
}

function characterWidth(character: string): number {
  if (character < '\u0300') return 1;
  return zeroWidth.test(character) ? 0 : wide.test(character) ? 2 : 1;
}
