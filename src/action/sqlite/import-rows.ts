// `sqlite.importRows`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { choice, count, inputs, mapOf, optional, outputs, path, target } from '../fields.ts';

export const sqliteImportRows = defineAction({
  name: 'sqlite.importRows',
  summary: 'Load rows from an archive',
  description: 'Loads an archive that `sqlite.prune` or `sqlite.export` wrote, in one transaction.',
  with: inputs({
    target: target(),
    from: path('The archive: a file or its folder.', ['./archives/run-20261121-031512-k3f9']),
    onConflict: optional(
      choice(['fail', 'skip', 'replace'], 'A row with the same key is there already. Default: fail.'),
    ),
  }),
  outputs: outputs({
    rows: mapOf(count('Rows.'), 'Rows written, by table.'),
  }),
  effect: 'change',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'rows-or-restore',
  availability: 'planned',
});
