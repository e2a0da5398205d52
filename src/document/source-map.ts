// Offsets of a text to places with the source line. Lines end with LF; a CR before it is not part of the line.

import type { Place } from '../diagnostic/index.ts';
import type { Source } from './document.ts';

export interface SourceMap {
  readonly source: Source;
  /** The place of `length` characters at `offset`; underlined only to the end of the line, at least one character. */
  at(offset: number, length?: number): Place;
}

export function mapSource(source: Source, lineStarts: readonly number[]): SourceMap {
  const lineOf = (offset: number): number => {
    let [low, high] = [0, lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    source,
    at(offset, length = 1) {
      const index = lineOf(Math.min(offset, source.text.length));
      const start = lineStarts[index] ?? 0;
      const end = (lineStarts[index + 1] ?? source.text.length + 1) - 1;
      const text = source.text.slice(start, end).replace(/\r$/, '');
      const column = Math.min(offset - start, text.length) + 1;
      return {
        file: source.file,
        line: index + 1,
        column,
        length: Math.max(1, Math.min(length, text.length - column + 1)),
        text,
      };
    },
  };
}

export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}
