// Reads a terminal capture: text with the colour sequences (SGR) that `tmux capture-pane -e` writes. Every other control
// character is dropped, so nothing of a capture but its text and its colours can reach a picture.

export interface Style {
  /** One of `palette`, or `#rrggbb`. Absent: the colour of the terminal's text. */
  readonly color?: string;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isItalic: boolean;
}

export interface Span {
  readonly text: string;
  /** Columns before it. */
  readonly column: number;
  readonly style: Style;
}

/** Colours 0 to 15 of the terminal, on a dark ground. */
export const palette = [
  '#484f58',
  '#ff7b72',
  '#3fb950',
  '#d29922',
  '#58a6ff',
  '#bc8cff',
  '#39c5cf',
  '#b1bac4',
  '#6e7681',
  '#ffa198',
  '#56d364',
  '#e3b341',
  '#79c0ff',
  '#d2a8ff',
  '#56d4dd',
  '#f0f6fc',
] as const;

const plain: Style = { isBold: false, isDim: false, isItalic: false };

/** The lines of a capture, without the empty ones at its end. A style goes on over the end of a line. */
export function parseAnsi(capture: string): Span[][] {
  let style = plain;
  const lines = capture
    .replaceAll('\r', '')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const spans: Span[] = [];
      let column = 0;
      for (const part of line.split(/(\x1b\[[0-9;:]*m)/)) {
        const codes = /^\x1b\[([0-9;:]*)m$/.exec(part)?.[1];
        if (codes !== undefined) {
          style = applyCodes(style, codes);
          continue;
        }
        const text = part.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replaceAll(/\p{Cc}/gu, '');
        if (text === '') continue;
        spans.push({ text, column, style });
        column += [...text].length;
      }
      return spans;
    });
  return lines;
}

function applyCodes(before: Style, codes: string): Style {
  const rest = codes.split(/[;:]/).map(Number);
  let style = before;
  for (let code = rest.shift(); code !== undefined; code = rest.shift()) {
    if (code === 0) style = plain;
    else if (code === 1) style = { ...style, isBold: true };
    else if (code === 2) style = { ...style, isDim: true };
    else if (code === 3) style = { ...style, isItalic: true };
    else if (code === 22) style = { ...style, isBold: false, isDim: false };
    else if (code === 23) style = { ...style, isItalic: false };
    else if (code === 38) style = withColor(style, extendedColor(rest));
    else if (code === 39) style = withColor(style, undefined);
    else if (code >= 30 && code <= 37) style = withColor(style, palette[code - 30]);
    else if (code >= 90 && code <= 97) style = withColor(style, palette[code - 82]);
  }
  return style;
}

/** Of `38;5;N` and `38;2;R;G;B`; takes its numbers from `rest`. Of the 256 colours only the first 16 have a name here. */
function extendedColor(rest: number[]): string | undefined {
  if (rest.shift() === 5) return palette[rest.shift() ?? -1];
  const channels = rest.splice(0, 3).map((channel) => Math.min(255, channel || 0));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function withColor({ color: _, ...style }: Style, color: string | undefined): Style {
  return color === undefined ? style : { ...style, color };
}
