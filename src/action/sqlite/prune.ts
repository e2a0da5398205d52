// `sqlite.prune`: rows that have had their time, deleted in short transactions.

import { type Duration, formatCount, type JsonObject, type Timestamp } from '../../base/index.ts';
import type { PruneRequest } from '../../operation/prune/index.ts';
import { defineAction, type InputProblem } from '../action.ts';
import {
  type BoundValue,
  choice,
  count,
  duration,
  flag,
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
  text,
  timestamp,
} from '../fields.ts';
import { boundParams, milliseconds, requireInstant } from '../values.ts';
import { quoteName } from './quote-name.ts';

export const sqlitePrune = defineAction({
  name: 'sqlite.prune',
  summary: 'Delete rows that have had their time, in short transactions',
  description:
    'Fixes the set of rows when it counts them: rows that become eligible later stay. Refuses before deleting anything when they are more than `maxRows` or more than `maxShare` of the table, or when a cutoff is compared with a column that keeps time differently. Deletes in chunks that hold the write lock for about `lockTarget` each, so that other writers hardly notice; a chunk holds rows with all that hang on them, so that no key ever points nowhere. With `archive`, the rows of a chunk are durable in files before the chunk is committed. Each chunk is small enough that its changes are recorded, so that a later failure puts the rows back and leaves what others wrote alone.',
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
      count(
        'Refuse, before anything is deleted, when more rows than this would go, those of child tables included. Default: no bound.',
      ),
    ),
    maxShare: optional(
      share(
        'Refuse, before anything is deleted, when more than this part of the table, or of a child table, would go. Default: 0.5.',
      ),
    ),
    lockTarget: optional(
      duration('How long one chunk may hold the write lock, about. Default: 50ms.', ['50ms', '200ms']),
    ),
    cascade: optional(
      choice(
        ['declared', 'none'],
        '`declared` also takes the rows of child tables that declared foreign keys lead to, and theirs; children under ON DELETE SET NULL or SET DEFAULT stay and lose their reference. `none` (default) refuses when there are any.',
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
        'Child tables without a declared foreign key, deleted with their parents.',
      ),
    ),
    allowScan: optional(
      flag(
        'Read child tables whole for each chunk when no index helps. Default: false, refuse and name the index.',
      ),
    ),
    archive: optional(
      inputs(
        {
          to: path('Folder for archives; each run and step gets a folder of its own in it.', ['./archives']),
          format: optional(choice(['jsonl', 'csv', 'sql'], 'Default: jsonl.')),
        },
        {
          description:
            'Write the rows to files, durable and counted, before they are deleted. `sqlite.importRows` loads them back.',
        },
      ),
    ),
  }),
  outputs: outputs({
    planned: mapOf(count('Rows.'), 'Rows selected, by table.'),
    archived: mapOf(count('Rows.'), 'Rows archived, by table.'),
    deleted: mapOf(count('Rows.'), 'Rows deleted, by table.'),
    changed: mapOf(
      count('Rows.'),
      'Rows that stayed and lost their reference to a deleted row, by table; those without any are left out.',
    ),
    archive: text('Folder of the archive, for `sqlite.importRows`; empty when nothing was archived.'),
    share: share('Part of the table that was selected.'),
  }),
  effect: 'destroy',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'rows-or-restore',
  availability: 'available',
  check: choiceProblems,
  async preview(input, context) {
    const { previewPrune } = await import('../../operation/prune/index.ts');
    const { tables, where, lines } = await previewPrune(await context.reader(input.target), requestOf(input));
    const [first] = tables;
    return {
      state: 'would-run',
      lines,
      facts: Object.fromEntries(
        tables.map(({ table, planned, tableRows, changed }) => [
          table,
          {
            planned,
            rows: tableRows,
            share: tableRows === 0 ? 0 : planned / tableRows,
            ...(changed > 0 ? { changed } : {}),
          },
        ]),
      ),
      sql: [`DELETE FROM ${quoteName(first?.table ?? input.table)} WHERE ${where.trim()}`],
      changesSomething: (first?.planned ?? 0) > 0,
    };
  },
  async run(input, context) {
    const { archiveFolder, prune } = await import('../../operation/prune/index.ts');
    const { archive } = input;
    const request: PruneRequest = {
      ...requestOf(input),
      ...(archive === undefined
        ? {}
        : {
            archive: {
              to: archiveFolder(archive.to, context.runId, context.stepId),
              format: archive.format ?? 'jsonl',
              run: context.runId,
              step: context.stepId,
            },
          }),
    };
    const {
      tables,
      share,
      kept,
      archive: folder = '',
    } = await prune(await context.writer(input.target), request, {
      signal: context.signal,
      onProgress: (progress) => context.progress(progress),
      onStop: (message) => context.warn(message),
    });
    const byTable = (
      of: (each: (typeof tables)[number]) => number,
      isShort = false,
    ): Record<string, number> =>
      Object.fromEntries(
        tables.filter((each) => !isShort || of(each) > 0).map((each) => [each.table, of(each)]),
      );
    return {
      outputs: {
        planned: byTable(({ planned }) => planned),
        archived: archive === undefined ? {} : byTable(({ archived }) => archived),
        deleted: byTable(({ deleted }) => deleted),
        changed: byTable(({ changed }) => changed, true),
        archive: folder,
        share,
      },
      measures: tables.map(({ table, deleted }) => ({
        name: 'deleted',
        value: deleted,
        unit: 'rows',
        subject: table,
      })),
      warnings:
        kept === 0
          ? []
          : [
              `${formatCount(kept, 'row')} of \`${input.table}\` stay, because rows of other tables point to them that were not there when the step counted`,
            ],
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
  readonly cascade?: 'declared' | 'none';
  readonly children?: PruneRequest['children'];
  readonly allowScan?: boolean;
}

function requestOf(input: Given): PruneRequest {
  return {
    table: input.table,
    rows: rowsOf(input),
    maxShare: input.maxShare ?? defaultMaxShare,
    lockTargetMs: milliseconds(input.lockTarget ?? defaultLockTarget),
    ...(input.maxRows === undefined ? {} : { maxRows: input.maxRows }),
    ...(input.cascade === undefined ? {} : { cascade: input.cascade }),
    ...(input.children === undefined ? {} : { children: input.children }),
    ...(input.allowScan === undefined ? {} : { allowScan: input.allowScan }),
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
