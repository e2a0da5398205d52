// `backup.restore`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { backup, backupRef, inputs, optional, outputs, path, target } from '../fields.ts';

export const backupRestore = defineAction({
  name: 'backup.restore',
  summary: 'Put a database back to a backup',
  description:
    'Verifies the backup, then writes its content through SQLite into the live file and proves the result. The state before goes to quarantine.',
  with: inputs({
    target: target(),
    backup: backupRef('The backup: a backup value, or an id.'),
    from: optional(path('A folder of backups outside the stores.', ['/mnt/backups'])),
  }),
  outputs: outputs({
    backup: backup('The backup restored.'),
    quarantine: path('Where the state before is kept.'),
  }),
  effect: 'destroy',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'restore',
  availability: 'planned',
});
