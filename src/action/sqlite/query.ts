// `sqlite.query`: read rows with one SELECT.

import { Type } from 'typebox';
import type { QueryResult } from '../../target/index.ts';
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
import { sessionOptions } from '../session-options.ts';
import { boundParams } from '../values.ts';
import { compilePreview } from './compile-preview.ts';

const mostRows = 1000;
const mostBytes = 2 ** 20;

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
      Type.Integer({
        minimum: 1,
        maximum: mostRows,
        description: 'Error when there are more rows than this. Default: 1000, which is also the most.',
      }),
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
  isPlannable: true,
  async preview(input, context) {
    return compilePreview(await context.reader(input.target), [input.sql], input.names);
  },
  async run(input, context) {
    const session = await context.reader(input.target);
    const result = await session.query(
      {
        sql: input.sql,
        params: boundParams(input.params ?? {}),
        ...(input.names === undefined ? {} : { names: input.names }),
      },
      { maxRows: input.maxRows ?? mostRows, maxBytes: mostBytes },
      sessionOptions(context),
    );
    return { outputs: { rows: [...result.rows], count: result.rows.length, ...single(result) } };
  },
});

/**
 * `row` and `value`, where they exist. They are declared as always there and left out when they are not: then an
 * expression that reads them is an error, as it must be, and one that does not need no guard.
 */
function single(result: QueryResult): { row: Readonly<Record<string, BoundValue>>; value: BoundValue } {
  const [row] = result.rows;
  if (row === undefined || result.rows.length > 1) return {} as never;
  const [column] = result.columns;
  if (column === undefined || result.columns.length > 1) return { row } as never;
  return { row, value: row[column] ?? null };
}
