// `sqlite.salvage`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { count, inputs, list, mapOf, outputs, path, target, text } from '../fields.ts';

export const sqliteSalvage = defineAction({
  name: 'sqlite.salvage',
  summary: 'Save what can be read from a damaged database',
  description: 'Reads every row that can still be read into a new database; the damaged one stays as it is.',
  with: inputs({
    target: target(),
    to: path('The new database; it must not exist.', ['./salvaged.db']),
  }),
  outputs: outputs({
    rows: mapOf(count('Rows.'), 'Rows saved, by table.'),
    lost: list(text('What could not be read, in one line.'), 'What could not be read.'),
  }),
  effect: 'external',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'own',
  availability: 'planned',
});
