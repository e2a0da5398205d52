// `sqlite.compare`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { count, flag, identifier, inputs, list, mapOf, optional, outputs, target } from '../fields.ts';

export const sqliteCompare = defineAction({
  name: 'sqlite.compare',
  summary: 'Compare two databases row by row',
  description: 'Compares the rows of tables by primary key.',
  with: inputs({
    a: target('The first target.'),
    b: target('The second target.'),
    tables: optional(list(identifier('A table.'), 'Tables to compare. Default: all.')),
  }),
  outputs: outputs({
    equal: flag('True when no row differs.'),
    onlyInA: mapOf(count('Rows.'), 'Rows only in `a`, by table.'),
    onlyInB: mapOf(count('Rows.'), 'Rows only in `b`, by table.'),
    differing: mapOf(count('Rows.'), 'Rows in both with other values, by table.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['a', 'b'],
  undo: 'none-needed',
  availability: 'planned',
});
