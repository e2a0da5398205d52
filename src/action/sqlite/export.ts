// `sqlite.export`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import {
  choice,
  count,
  identifier,
  inputs,
  optional,
  outputs,
  path,
  sqlParams,
  sqlText,
  target,
  text,
} from '../fields.ts';

export const sqliteExport = defineAction({
  name: 'sqlite.export',
  summary: 'Write a table or a query to a file',
  description: 'Writes all rows to a file, durable and counted.',
  with: inputs({
    target: target(),
    table: optional(identifier('A table to export whole.')),
    sql: optional(sqlText('One statement that only reads.')),
    params: optional(sqlParams()),
    to: path('The file to write; it must not exist.', ['./exports/users.jsonl']),
    format: optional(choice(['jsonl', 'csv', 'sql'], 'Default: by the ending of `to`.')),
  }),
  outputs: outputs({
    rows: count('Rows written.'),
    sizeBytes: count('Size of the file.'),
    sha256: text('Of the file.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'own',
  availability: 'planned',
});
