// `sqlite.importTable`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import {
  backupRef,
  choice,
  count,
  identifier,
  inputs,
  optional,
  outputs,
  sqlParams,
  sqlText,
  target,
} from '../fields.ts';

export const sqliteImportTable = defineAction({
  name: 'sqlite.importTable',
  summary: 'Bring a table back from a backup',
  description: 'Copies rows of one table from a backup into the live database, in one transaction.',
  with: inputs({
    target: target(),
    backup: backupRef('The backup to read from.'),
    table: identifier('Table in the backup.'),
    as: optional(identifier('Table in the target. Default: the same name.')),
    mode: choice(['append', 'replace', 'upsert'], 'What happens to the rows that are there.'),
    onConflict: optional(
      choice(['fail', 'skip', 'replace'], 'A row with the same key is there already. Default: fail.'),
    ),
    where: optional(sqlText('Only the rows that this predicate selects in the backup.')),
    params: optional(sqlParams()),
  }),
  outputs: outputs({
    rows: count('Rows written.'),
  }),
  effect: 'change',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'rows-or-restore',
  availability: 'planned',
});
