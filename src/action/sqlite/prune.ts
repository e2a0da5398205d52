// `sqlite.prune`: rows that have had their time, deleted in short transactions.

import { defineAction } from '../action.ts';
import {
  choice,
  count,
  duration,
  identifier,
  inputs,
  list,
  mapOf,
  optional,
  outputs,
  path,
  share,
  sqlParams,
  sqlText,
  target,
} from '../fields.ts';

export const sqlitePrune = defineAction({
  name: 'sqlite.prune',
  summary: 'Delete rows that have had their time, in short transactions',
  description:
    'Fixes the set of rows when it counts them: rows that become eligible later stay. Refuses before deleting anything when they are more than `maxRows` or more than `maxShare` of the table, or when a cutoff is compared with a column that keeps time differently. Deletes in chunks that hold the write lock for about `lockTarget` each, so that other writers hardly notice.',
  with: inputs({
    target: target(),
    table: identifier('Table to delete from.'),
    where: sqlText('Which rows: one whole predicate over the table.', ['expires_at < :cutoff']),
    params: optional(sqlParams()),
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
});
