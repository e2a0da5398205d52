// Places in a text that is no document, such as SQL.

import type { Place } from '../../diagnostic/index.ts';
import type { Source } from '../../document/index.ts';

/** The place of `length` characters at an offset, underlined to the end of its line at most. */
export function placesOf({ file, text }: Source): (offset: number, length: number) => Place {
  return (offset, length) => {
    const start = text.lastIndexOf('\n', offset - 1) + 1;
    const end = text.indexOf('\n', offset);
    const line = text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
    const column = Math.min(offset - start, line.length) + 1;
    return {
      file,
      line: text.slice(0, start).split('\n').length,
      column,
      length: Math.max(1, Math.min(length, line.length - column + 1)),
      text: line,
    };
  };
}
