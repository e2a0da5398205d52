// `backup.create`: take a verified backup of a database.

import { defineAction } from '../action.ts';
import {
  backup,
  choice,
  count,
  inputs,
  keepPolicy,
  list,
  optional,
  outputs,
  target,
  text,
} from '../fields.ts';

export const backupCreate = defineAction({
  name: 'backup.create',
  summary: 'Take a verified backup of a database',
  description:
    'Takes a consistent copy while others read and write, compresses and hashes it in one pass, checks it, and only then lists it. With `keep` older backups of the same target and store are removed afterwards; the newest verified one, and any that a run may still need, always stay.',
  with: inputs({
    target: target(),
    store: optional(
      text('Name of a store in belay.yaml. Default: the one of the target; `local` is built in.', ['local']),
    ),
    label: optional(text('A word to find it by.', ['daily'])),
    keep: optional(keepPolicy()),
    verify: optional(choice(['quick', 'integrity'], 'How thoroughly the copy is checked. Default: quick.')),
  }),
  outputs: outputs({
    backup: backup('The new backup.'),
    sizeBytes: count('Size of the artifact in the store.'),
    databaseBytes: count('Size of the database at that moment.'),
    removed: list(text('Id of a backup.'), 'Older backups removed under `keep`.'),
  }),
  effect: 'maintain',
  isIdempotent: false,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
});
