// Files that hold both directions, told apart by the comments of dbmate or goose.

import { Failure } from '../../diagnostic/index.ts';
import type { Migration } from './migration.ts';
import { parsePart } from './part.ts';
import { placeIn, shownPath } from './place.ts';

export type MarkerForm = 'dbmate' | 'goose';

const marker = /^[ \t]*--[ \t]*(?:(migrate):(up|down)|\+(goose)[ \t]+(up|down))\b/gim;

interface Mark {
  readonly form: MarkerForm;
  readonly direction: 'up' | 'down';
  readonly start: number;
}

function marksOf(text: string): Mark[] {
  return [...text.matchAll(marker)].map((found) => ({
    form: found[1] ? 'dbmate' : 'goose',
    direction: (found[2] ?? found[4])?.toLowerCase() === 'up' ? 'up' : 'down',
    start: found.index,
  }));
}

/** Undefined: the file has no markers. */
export function markerForm(text: string): MarkerForm | undefined {
  return marksOf(text)[0]?.form;
}

/** Every part runs in one transaction, also under `transaction:false` and `NO TRANSACTION`. Fails with `migrate/bad-file`. */
export function parseSections(name: string, path: string, text: string): Migration {
  const marks = marksOf(text);
  const part = (direction: 'up' | 'down') => {
    const index = marks.findIndex((mark) => mark.direction === direction);
    const mark = marks[index];
    return mark && parsePart(path, text, mark.start, marks[index + 1]?.start ?? text.length);
  };
  const [first] = marks;
  const wrong =
    new Set(marks.map(({ form }) => form)).size > 1
      ? 'has markers of dbmate and of goose'
      : new Set(marks.map(({ direction }) => direction)).size !== marks.length
        ? 'has the same marker twice'
        : parsePart(path, text, 0, first?.start).statements.length > 0
          ? 'has SQL before its first marker'
          : undefined;
  if (wrong !== undefined)
    throw new Failure('migrate/bad-file', `\`${shownPath(path)}\` ${wrong}`, {
      place: placeIn(path, 1, 1, text),
      state: 'nothing was started',
      fix: 'one up marker, then at most one down marker, and all SQL below them',
    });
  const [up, down] = [part('up') ?? parsePart(path, ''), part('down')];
  return { name, up, ...(down && down.statements.length > 0 ? { down } : {}) };
}
