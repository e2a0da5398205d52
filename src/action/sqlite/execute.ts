// `sqlite.execute`: SQL that writes, in one transaction with bounds on what it may change.

import { defineAction } from '../action.ts';
import {
  count,
  inputs,
  list,
  names,
  optional,
  outputs,
  path,
  sqlParams,
  sqlText,
  target,
} from '../fields.ts';

/** Bounds on the rows that a statement changes. */
function changeBounds() {
  return inputs(
    {
      min: optional(count('At least this many rows must change.')),
      max: optional(count('At most this many rows may change.')),
    },
    {
      description: 'Bounds on changed rows, checked before COMMIT; outside them nothing is committed.',
      examples: [{ min: 1, max: 1 }],
    },
  );
}

export const sqliteExecute = defineAction({
  name: 'sqlite.execute',
  summary: 'Run SQL that writes, in one transaction',
  description:
    'Runs one text, one file or a list of statements in a single transaction. Bounds on changed rows are checked before COMMIT: outside them nothing is committed. Identifiers come in through `names`, values through `params`; nothing is pasted into SQL.',
  with: inputs({
    target: target(),
    sql: optional(
      sqlText('One or more statements. With `params` only one.', [
        'UPDATE jobs SET state = :to WHERE state = :from',
      ]),
    ),
    file: optional(
      path('A file with SQL, read when the run starts and part of the plan digest.', ['./sql/fix.sql']),
    ),
    statements: optional(
      list(
        inputs({
          sql: sqlText('One statement.'),
          params: optional(sqlParams()),
          changes: optional(changeBounds()),
        }),
        'Statements, run in order in the one transaction.',
        { minItems: 1 },
      ),
    ),
    params: optional(sqlParams()),
    names: optional(names()),
    changes: optional(changeBounds()),
  }),
  outputs: outputs({
    changes: count('Rows changed by all statements together, without those changed by triggers.'),
  }),
  effect: 'change',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'rows-or-restore',
  availability: 'available',
});
