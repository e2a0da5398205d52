// `backup.verify`: check a backup from beginning to end.

import { formatCount } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { backup, backupRef, choice, flag, inputs, list, optional, outputs, text } from '../fields.ts';
import { backupValue } from './backup-value.ts';

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
  async run(input, context) {
    const id = typeof input.backup === 'string' ? input.backup : input.backup.id;
    const { entry, problems } = await context.backups.verify(id, input.verify ?? 'quick');
    const outputs = { ok: problems.length === 0, problems: [...problems], backup: backupValue(entry) };
    if (outputs.ok) return { outputs };
    return {
      outputs,
      failed: {
        message: `backup \`${id}\` has ${formatCount(problems.length, 'problem')}: ${problems.slice(0, 3).join('; ')}`,
        fix: 'take a new backup; keep this one until there is a good one',
      },
    };
  },
});
