// Places in migration files, as findings show them.

import { relative } from 'node:path';
import type { Place } from '../../diagnostic/index.ts';

export function shownPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

/** The first line of the statement is shown with the place. */
export function placeIn(path: string, line: number, column: number, sql: string): Place {
  const [text = ''] = sql.split('\n');
  return {
    file: shownPath(path),
    line,
    column,
    length: Math.max(1, text.length),
    text: ' '.repeat(column - 1) + text,
  };
}
