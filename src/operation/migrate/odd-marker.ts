// A comment that another tool takes for a marker, or that is a marker misspelt. Belay would take it for a comment, and apply
// the way back below it together with the way up.

import { Failure } from '../../diagnostic/index.ts';
import { isBlank, splitStatements } from '../../sqlite/index.ts';
import { placeIn, shownPath } from './place.ts';

/** A whole line: the comment, and what it says. */
const commentLine = /^[ \t]*(?:--+|\/\*)[ \t]*(.*?)[ \t]*(?:--+|\*\/)?[ \t]*$/gm;
const known =
  /^(?:migrate:(?:up|down)\b|\+goose[ \t]+(?:up|down|statementbegin|statementend|no[ \t]+transaction)\b)/i;
/** goose, dbmate, sql-migrate, MyBatis, Play, node-sqlite, and a bare word. */
const odd =
  /^(?:\+goose\b|migrate[ \t]*:|\+[ \t]*migrate\b|(?:\/\/)?@(?:undo|down|rollback)\b|!(?:ups|downs)\b|(?:undo|down|downgrade|rollback|revert)[ \t]*:?$)/i;

/** Fails with `migrate/bad-file` at the first one that has statements below it. */
export function refuseOddMarker(path: string, text: string): void {
  for (const found of text.matchAll(commentLine)) {
    const [line, said = ''] = found;
    if (known.test(said) || !odd.test(said)) continue;
    const rest = text.slice(found.index + line.length);
    if (splitStatements(rest).every(isBlank)) continue;
    throw new Failure(
      'migrate/bad-file',
      `\`${shownPath(path)}\` has the comment \`${line.trim()}\`, which may mean that what follows takes the migration back`,
      {
        place: placeIn(path, text.slice(0, found.index).split('\n').length, 1, line),
        state: 'nothing was started',
        fix: 'mark the two directions as dbmate or goose do (`-- migrate:down`, `-- +goose Down`), or put the way back into a file of its own',
      },
    );
  }
}
