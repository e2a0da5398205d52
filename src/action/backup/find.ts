// `backup.find`: find the newest backup that fits.

import { defineAction } from '../action.ts';
import {
  backup,
  choice,
  duration,
  inputs,
  list,
  optional,
  outputs,
  target,
  text,
  timestamp,
} from '../fields.ts';

export const backupFind = defineAction({
  name: 'backup.find',
  summary: 'Find the newest backup that fits',
  description:
    'Looks through the backups of a target from the newest on, and gives the first that fits and is verified. Says how old it is, and which ones it passed over and why. Fails when none fits.',
  with: inputs({
    target: target(),
    before: optional(timestamp('Only backups taken before this.')),
    after: optional(timestamp('Only backups taken after this.')),
    label: optional(text('Only backups with this label.', ['daily'])),
    store: optional(
      text('Name of a store in belay.yaml. Default: the one of the target; `local` is built in.', ['local']),
    ),
    verify: optional(
      choice(
        ['recorded', 'full'],
        '`recorded` (default) trusts the verification in the manifest; `full` reads and checks the artifact now.',
      ),
    ),
  }),
  outputs: outputs({
    backup: backup('The backup found.'),
    age: duration('How old it is.'),
    rejected: list(
      outputs({ id: text('Id of a backup.'), reason: text('Why it was passed over.') }),
      'Newer backups that did not fit, newest first.',
    ),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
});
