// `sqlite.importRows`: the rows of an archive, back in their tables.

import { formatCount } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { count, inputs, mapOf, outputs, path, target } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

export const sqliteImportRows = defineAction({
  name: 'sqlite.importRows',
  summary: 'Load rows from an archive',
  description:
    'Loads an archive that `sqlite.prune` wrote, of any format, in one transaction, parents before their children. Refuses an archive whose sha256 is not that of its manifest. Rows that are there already are passed over, so loading twice is harmless; when a row is there with other values, the rows are listed and nothing is loaded. Triggers of the tables run as for any INSERT.',
  with: inputs({
    target: target(),
    from: path('Folder of the archive.', ['./archives/run-20261121-031512-k3f9/prune']),
  }),
  outputs: outputs({
    rows: mapOf(count('Rows.'), 'Rows loaded, by table.'),
    present: mapOf(count('Rows.'), 'Rows that were there already, by table.'),
  }),
  effect: 'change',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'rows-or-restore',
  availability: 'available',
  async run(input, context) {
    const session = await context.writer(input.target);
    const { tables, isFinished } = await session.importRows(input.from, sessionOptions(context));
    const rows = tables.reduce((sum, { loaded }) => sum + loaded, 0);
    return {
      outputs: {
        rows: Object.fromEntries(tables.map(({ table, loaded }) => [table, loaded])),
        present: Object.fromEntries(tables.map(({ table, present }) => [table, present])),
      },
      measures: [{ name: 'loaded', value: rows, unit: 'rows' }],
      warnings: isFinished
        ? []
        : [
            `the run that wrote the archive was interrupted: ${formatCount(rows, 'row')} of its durable chunks were loaded, and it may lack rows that were never deleted`,
          ],
    };
  },
});
