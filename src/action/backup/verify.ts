// `backup.verify`: check a backup from beginning to end.

import { defineAction } from '../action.ts';
import { backup, backupRef, choice, flag, inputs, list, optional, outputs, text } from '../fields.ts';

export const backupVerify = defineAction({
  name: 'backup.verify',
  summary: 'Check a backup from beginning to end',
  description:
    'Reads the whole artifact: its sha256, opens it, runs the check, and compares the content hash with the manifest. Problems make the step fail.',
  with: inputs({
    backup: backupRef('The backup: a backup value, or an id.'),
    verify: optional(choice(['quick', 'integrity'], 'How thoroughly it is checked. Default: quick.')),
  }),
  outputs: outputs({
    ok: flag('True when no problem was found.'),
    problems: list(text('One problem in one line.'), 'The problems found.'),
    backup: backup('The backup.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: [],
  undo: 'none-needed',
  availability: 'available',
});
