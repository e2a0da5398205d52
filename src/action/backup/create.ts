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
import { backupValue } from './backup-value.ts';
import { policyOf } from './policy.ts';

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
  async preview(input, context) {
    const facts = await context.facts(input.target);
    const store = input.store ?? context.target(input.target).store.name;
    return {
      state: 'would-run',
      lines: [`copies \`${input.target}\` to store \`${store}\``],
      // Sizes stay out of the text, which is the same on every machine.
      facts: { sizeBytes: facts.sizeBytes + facts.walBytes },
      changesSomething: true,
    };
  },
  async run(input, context) {
    const entry = await context.backups.create(input.target, {
      ...(input.store === undefined ? {} : { store: input.store }),
      ...(input.label === undefined ? {} : { label: input.label }),
      verify: input.verify ?? 'quick',
    });
    // Order: the new backup is complete and verified before an older one goes.
    const decisions =
      input.keep === undefined
        ? []
        : await context.backups.expire(input.target, policyOf(input.keep), input.store);
    const removed = decisions.filter(({ action }) => action === 'remove').map(({ entry: { id } }) => id);
    return {
      outputs: {
        backup: backupValue(entry),
        sizeBytes: entry.sizeBytes,
        databaseBytes: entry.databaseBytes,
        removed,
      },
      measures: [
        { name: 'backup', value: entry.sizeBytes, unit: 'bytes' },
        { name: 'removed backups', value: removed.length, unit: 'count' },
      ],
    };
  },
});
