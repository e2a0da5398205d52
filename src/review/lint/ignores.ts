// Ignores: comments with a reason, beside what they are about. They never stand in a value, and never without a reason.

import type { Finding, Place } from '../../diagnostic/index.ts';
import { commentsOf } from '../../document/index.ts';
import { tokenize } from '../../sqlite/index.ts';
import { textPlaces } from './text-places.ts';

export interface Ignore {
  /** Without `lint/`. */
  readonly rules: readonly string[];
  readonly reason: string;
  readonly place: Place;
  /** The line that it is about: its own, or the first one after it that is no comment. */
  readonly line: number;
}

export interface Ignored {
  readonly finding: Finding;
  readonly reason: string;
  readonly place: Place;
}

/** Lines of something larger: an ignore at its first line holds for all of them. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const form = /belay-lint-ignore\b[ \t]*([^:]*)(?::[ \t]*(.*))?$/;

export function ignoresIn(file: string, text: string, language: 'yaml' | 'sql'): Ignore[] {
  if (!text.includes('belay-lint-ignore')) return [];
  const place = textPlaces({ file, text });
  const lines = text.split('\n');
  const isComment = language === 'yaml' ? /^\s*#/ : /^\s*(?:--|$)/;
  const comments = language === 'yaml' ? commentsOf(text) : sqlComments(text);
  return comments.flatMap(({ offset, text: comment }) => {
    const [, names = '', reason = ''] = form.exec(comment.replace(/\*\/\s*$/, '').trimEnd()) ?? [];
    if (!form.test(comment)) return [];
    const at = place(offset, comment.length);
    let line = at.line;
    // A comment with a line to itself is about what follows it.
    if (lines[line - 1]?.slice(0, at.column - 1).trim() === '')
      do line++;
      while (line <= lines.length && isComment.test(lines[line - 1] ?? ''));
    const rules = names
      .split(/[\s,]+/)
      .filter((name) => name !== '')
      .map((name) => name.replace(/^lint\//, ''));
    return [{ rules, reason: reason.trim(), place: at, line }];
  });
}

function sqlComments(text: string): { offset: number; text: string }[] {
  return tokenize(text).flatMap(({ kind, start, end }) => {
    const comment = kind === 'space' ? text.slice(start, end) : '';
    return comment.startsWith('--') || comment.startsWith('/*')
      ? [{ offset: start, text: comment.trimEnd() }]
      : [];
  });
}

/** Whether an ignore is about this place: on its line, or in the step that begins there. */
export function covers(ignore: Ignore, place: Place, ranges: readonly Range[]): boolean {
  if (place.file !== ignore.place.file) return false;
  return (
    place.line === ignore.line ||
    ranges.some(({ from, to }) => from === ignore.line && place.line >= from && place.line <= to)
  );
}
