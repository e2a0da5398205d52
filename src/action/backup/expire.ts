// `backup.expire`: remove old backups by a retention policy.

import { formatCount } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { count, inputs, keepPolicy, list, optional, outputs, target, text } from '../fields.ts';
import { policyOf } from './policy.ts';

export const backupExpire = defineAction({
  name: 'backup.expire',
  summary: 'Remove old backups by a retention policy',
  description:
    'Removes the backups of a target that no rule of `keep` keeps. The newest verified one, and any that a run may still need, always stay. Says for each why it stays or goes.',
  with: inputs({
    target: target(),
    keep: keepPolicy(),
    store: optional(
      text('Name of a store in belay.yaml. Default: the one of the target; `local` is built in.', ['local']),
    ),
  }),
  outputs: outputs({
    removed: list(text('Id of a backup.'), 'Backups removed, newest first.'),
    kept: count('Backups that stayed.'),
    freedBytes: count('Bytes given back.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
  async preview(input, context) {
    const { isOwnCopy, planExpiry } = await import('../../backup/index.ts');
    const all = await context.backups(input.target, input.store);
    const entries = all.filter(({ label }) => !isOwnCopy(label));
    const decisions = planExpiry(entries, policyOf(input.keep), context.now, await context.neededBackups());
    const removed = decisions.filter(({ action }) => action === 'remove');
    return {
      state: 'would-run',
      lines: [`removes ${removed.length} of ${formatCount(entries.length, 'backup')} of \`${input.target}\``],
      facts: { removed: removed.map(({ entry }) => entry.id), kept: decisions.length - removed.length },
      changesSomething: removed.length > 0,
    };
  },
  async run(input, context) {
    const decisions = await context.backups.expire(input.target, policyOf(input.keep), input.store);
    const removed = decisions.filter(({ action }) => action === 'remove').map(({ entry }) => entry);
    const freedBytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    context.progress({ message: `${formatCount(removed.length, 'backup')} removed` });
    return {
      outputs: { removed: removed.map(({ id }) => id), kept: decisions.length - removed.length, freedBytes },
      measures: [
        { name: 'removed backups', value: removed.length, unit: 'count' },
        { name: 'freed', value: freedBytes, unit: 'bytes' },
      ],
    };
  },
});
