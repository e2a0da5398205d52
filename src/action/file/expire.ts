// `file.expire`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { count, duration, inputs, optional, outputs, path, sqlText, target, text } from '../fields.ts';

export const fileExpire = defineAction({
  name: 'file.expire',
  summary: 'Move old files to a trash',
  description:
    'Moves files to a trash on the same file system, from where a later run purges them; undo moves them back.',
  with: inputs({
    path: path('Folder.'),
    match: optional(text('Pattern of the file names. Default: all.', ['*.tmp'])),
    olderThan: duration('Only files last changed longer ago than this.'),
    unless: optional(
      inputs(
        {
          target: target(),
          sql: sqlText('One statement that gives the paths of files that stay, one per row.'),
        },
        { description: 'Files that a database still refers to stay.' },
      ),
    ),
  }),
  outputs: outputs({
    moved: count('Files moved.'),
    freedBytes: count('Bytes that purging them will give back.'),
    trash: path('Where they are.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: [],
  undo: 'own',
  availability: 'planned',
});
