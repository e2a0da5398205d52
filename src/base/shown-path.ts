// A path as people read it.

import { isAbsolute, relative } from 'node:path';

/** Relative to `folder` when below it; else absolute: nobody counts the dots of `../../..`. */
export function shownPath(folder: string, path: string): string {
  const shown = relative(folder, path);
  return shown === '' || shown.startsWith('..') || isAbsolute(shown) ? path : shown;
}
