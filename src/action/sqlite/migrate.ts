// `sqlite.migrate`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { choice, identifier, inputs, list, optional, outputs, path, target, text } from '../fields.ts';

export const sqliteMigrate = defineAction({
  name: 'sqlite.migrate',
  summary: 'Apply schema migrations that have not been applied yet',
  description:
    'Applies the files of a folder in order, each in its own transaction, and records each in the ledger table. With `down` it takes the newest ones back.',
  with: inputs({
    target: target(),
    from: path('Folder of the migration files.', ['./migrations']),
    to: optional(text('Stop after this version. Default: the newest.', ['20251015_add_index'])),
    direction: optional(choice(['up', 'down'], '`up` (default) applies, `down` takes back.')),
    ledger: optional(
      inputs(
        {
          table: optional(identifier('Table that records what was applied.', ['migrations_applied'])),
          name: optional(identifier('Column with the name of the file.', ['filename'])),
          appliedAt: optional(identifier('Column with the time.', ['applied_at'])),
          status: optional(identifier('Column with the outcome.', ['status'])),
          checksum: optional(identifier('Column with the sha256 of the file.', ['checksum'])),
        },
        { description: 'The ledger table and its columns, for databases that have one already.' },
      ),
    ),
  }),
  outputs: outputs({
    applied: list(text('Name of a migration.'), 'Migrations applied now, in order.'),
    pending: list(text('Name of a migration.'), 'Migrations that remain.'),
  }),
  effect: 'change',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'restore',
  availability: 'planned',
});
