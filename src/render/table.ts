// The one table printer: aligned columns, no lines, clipped to the width of the screen.

import { clip, clipStart, displayWidth, padEnd, padStart } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import { createStyle } from './style.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way when the screen is too narrow; `start` loses its beginning (paths). Default: keeps its width. */
  readonly shrink?: 'end' | 'start';
}

const gap = 2;
const leastWidth = 8;

/** Cells are plain text from anywhere: they are escaped here. The last line ends with a newline. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  screen: { readonly width: number; readonly hasColor: boolean },
): string {
  const style = createStyle(screen.hasColor);
  const cells = rows.map((row) => columns.map((_, i) => escapeLine(row[i] ?? '')));
  const widths = fit(
    columns,
    columns.map((column, i) =>
      Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[i] ?? ''))),
    ),
    screen.width,
  );
  const line = (row: readonly string[]) =>
    columns
      .map((column, i) => {
        const width = widths[i] ?? 0;
        const text = (column.shrink === 'start' ? clipStart : clip)(row[i] ?? '', width);
        return column.align === 'right' ? padStart(text, width) : padEnd(text, width);
      })
      .join(' '.repeat(gap))
      .trimEnd();
  const head = style.dim(line(columns.map((column) => column.title)));
  return `${[head, ...cells.map(line)].join('\n')}\n`;
}

function fit(columns: readonly Column[], widths: readonly number[], available: number): number[] {
  const fitted = [...widths];
  const total = () => fitted.reduce((sum, width) => sum + width, 0) + gap * (fitted.length - 1);
  while (total() > available) {
    const widest = columns.reduce(
      (best, column, i) =>
        column.shrink !== undefined && (fitted[i] ?? 0) > leastWidth && (fitted[i] ?? 0) > (fitted[best] ?? 0)
          ? i
          : best,
      -1,
    );
    if (widest < 0) break;
    fitted[widest] = Math.max(leastWidth, (fitted[widest] ?? 0) - Math.max(1, total() - available) / 2) | 0;
  }
  return fitted;
}
