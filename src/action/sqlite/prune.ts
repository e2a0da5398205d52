// `sqlite.prune`: rows that have had their time, deleted in short transactions.

import type { Duration, JsonObject, Timestamp } from '../../base/index.ts';
import type { PruneRequest } from '../../operation/prune/index.ts';
import { defineAction, type InputProblem } from '../action.ts';
import {
  type BoundValue,
  choice,
  count,
  duration,
  identifier,
  inputs,
  list,
  mapOf,
  names,
  optional,
  outputs,
  path,
  share,
  sqlParams,
  sqlText,
  target,
  timestamp,
} from '../fields.ts';
import { boundParams, milliseconds, requireInstant } from '../values.ts';
import { quoteName } from './quote-name.ts';

export const sqlitePrune = defineAction({
  name: 'sqlite.prune',
  summary: 'Delete rows that have had their time, in short transactions',
  description:
    'Fixes the set of rows when it counts them: rows that become eligible later stay. Refuses before deleting anything when they are more than `maxRows` or more than `maxShare` of the table, or when a cutoff is compared with a column that keeps time differently. Deletes in chunks that hold the write lock for about `lockTarget` each, so that other writers hardly notice.',
  with: inputs({
    target: target(),
    table: identifier('Table to delete from.'),
    column: optional(
      identifier(
        'Column with a time: rows whose time lies before `before` are deleted. Instead of `where`.',
        ['expires_at'],
      ),
    ),
    before: optional(
      timestamp(
        'The cutoff for `column`. Bound in the form in which the column keeps time, whichever that is.',
      ),
    ),
    where: optional(
      sqlText('Which rows: one whole predicate over the table. Instead of `column` and `before`.', [
        'expires_at < :cutoff',
      ]),
    ),
    params: optional(sqlParams()),
    names: optional(names()),
    maxRows: optional(
      count('Refuse, before anything is deleted, when more rows than this are selected. Default: no bound.'),
    ),
    maxShare: optional(
      share(
        'Refuse, before anything is deleted, when more than this part of the table is selected. Default: 0.5.',
      ),
    ),
    lockTarget: optional(
      duration('How long one chunk may hold the write lock, about. Default: 50ms.', ['50ms', '200ms']),
    ),
    cascade: optional(
      choice(
        ['declared', 'none'],
        '`declared` also takes the rows of child tables that declared foreign keys lead to, `none` (default) refuses when there are any. Not available yet.',
      ),
    ),
    children: optional(
      list(
        inputs({
          table: identifier('Child table.', ['pattern_embeddings']),
          key: identifier('Its column that points to the parent.', ['pattern_id']),
          parent: optional(identifier('The parent table. Default: `table` of the step.', ['patterns'])),
          parentKey: optional(identifier('Column of the parent. Default: its primary key.', ['id'])),
        }),
        'Child tables without a declared foreign key, deleted with their parents. Not available yet.',
      ),
    ),
    archive: optional(
      inputs(
        {
          to: path('Folder for the archive.', ['./archives/${{ run.id }}']),
          format: optional(choice(['jsonl', 'csv', 'sql'], 'Default: jsonl.')),
        },
        {
          description:
            'Write the rows to a file, durable and counted, before they are deleted. Not available yet.',
        },
      ),
    ),
  }),
  outputs: outputs({
    planned: mapOf(count('Rows.'), 'Rows selected, by table.'),
    archived: mapOf(count('Rows.'), 'Rows archived, by table.'),
    deleted: mapOf(count('Rows.'), 'Rows deleted, by table.'),
    share: share('Part of the table that was selected.'),
  }),
  effect: 'destroy',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'rows-or-restore',
  availability: 'available',
  check(input) {
    const notAvailable = (['archive', 'cascade', 'children'] as const)
      .filter(
        (key) =>
          input[key] !== undefined && input[key] !== null && !(key === 'cascade' && input[key] === 'none'),
      )
      .map((key) => ({
        code: 'action/not-available' as const,
        path: [key],
        message: `\`${key}\` of \`sqlite.prune\` is not available in this version`,
        fix:
          key === 'archive'
            ? 'leave it out and keep the backup that is taken before'
            : 'leave it out, and prune the child tables first in steps of their own',
      }));
    return [...choiceProblems(input), ...notAvailable];
  },
  async preview(input, context) {
    const { previewPrune } = await import('../../operation/prune/index.ts');
    const preview = await previewPrune(await context.reader(input.target), requestOf(input));
    return {
      state: 'would-run',
      lines: [preview.line],
      facts: { [preview.table]: { planned: preview.planned, rows: preview.tableRows, share: preview.share } },
      sql: [`DELETE FROM ${quoteName(preview.table)} WHERE ${preview.where.trim()}`],
      changesSomething: preview.planned > 0,
    };
  },
  async run(input, context) {
    const { prune } = await import('../../operation/prune/index.ts');
    const result = await prune(await context.writer(input.target), requestOf(input), {
      signal: context.signal,
      onProgress: (progress) => context.progress(progress),
      onStop: (message) => context.warn(message),
    });
    return {
      outputs: {
        planned: { [result.table]: result.planned },
        archived: {},
        deleted: { [result.table]: result.deleted },
        share: result.share,
      },
      measures: [{ name: 'deleted', value: result.deleted, unit: 'rows', subject: result.table }],
    };
  },
});

const defaultMaxShare = 0.5;
const defaultLockTarget = '50ms';

interface Given {
  readonly table: string;
  readonly column?: string;
  readonly before?: Timestamp | string;
  readonly where?: string;
  readonly params?: Readonly<Record<string, BoundValue>>;
  readonly names?: Readonly<Record<string, string>>;
  readonly maxRows?: number;
  readonly maxShare?: number;
  readonly lockTarget?: Duration | string;
}

function requestOf(input: Given): PruneRequest {
  return {
    table: input.table,
    rows: rowsOf(input),
    maxShare: input.maxShare ?? defaultMaxShare,
    lockTargetMs: milliseconds(input.lockTarget ?? defaultLockTarget),
    ...(input.maxRows === undefined ? {} : { maxRows: input.maxRows }),
  };
}

function rowsOf({ column, before, where, params, names }: Given): PruneRequest['rows'] {
  if (column === undefined || before === undefined) {
    return { where: where ?? '', params: boundParams(params ?? {}), names: names ?? {} };
  }
  return { column, before: requireInstant(before) };
}

/** Rows are chosen by a column and a cutoff, or by a predicate; never by both, never by nothing. */
function choiceProblems(input: JsonObject): InputProblem[] {
  const has = (key: string): boolean => input[key] !== undefined && input[key] !== null;
  if (has('where') && !has('column') && !has('before')) return [];
  if (has('where')) {
    return [
      { path: ['where'], message: '`where` and `column` both choose the rows', fix: 'keep one of the two' },
    ];
  }
  if (!has('column') || !has('before')) {
    return [
      { path: [], message: 'expected `column` and `before`, or `where`: nothing else says which rows go' },
    ];
  }
  return (['params', 'names'] as const)
    .filter(has)
    .map((key) => ({ path: [key], message: `\`${key}\` belongs to \`where\`, which is not there` }));
}
