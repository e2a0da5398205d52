// `sqlite.query`: read rows with one SELECT.

import { defineAction } from '../action.ts';
import {
  anything,
  type BoundValue,
  count,
  inputs,
  list,
  names,
  optional,
  outputs,
  row,
  sqlParams,
  sqlText,
  target,
} from '../fields.ts';

export const sqliteQuery = defineAction({
  name: 'sqlite.query',
  summary: 'Read rows with one SELECT',
  description:
    'Runs one statement that only reads, under an authorizer that refuses everything else. `rows` holds what it returned, `row` the only row and `value` its only column: using `row` or `value` when there is not exactly one row is an error. More than `maxRows` rows or 1 MiB is an error, never a silent cut.',
  with: inputs({
    target: target(),
    sql: sqlText('One statement that only reads.', [
      'SELECT count(*) AS stale FROM patterns WHERE last_used < :cutoff',
    ]),
    params: optional(sqlParams()),
    names: optional(names()),
    maxRows: optional(
      count('Error when there are more rows than this. Default: 1000, which is also the most.', 1),
    ),
  }),
  outputs: outputs({
    rows: list(row('A row, by column name.'), 'The rows, in order.'),
    row: row('The only row; an error to use unless there is exactly one.'),
    value: anything<BoundValue>(
      'The only column of the only row; an error to use unless there is exactly one of each.',
    ),
    count: count('Number of rows.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
});
