// `backup.restore`: put a live database back to a backup.

import { formatCount, formatSize } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { backup, backupRef, count, flag, inputs, optional, outputs, path, target } from '../fields.ts';
import { backupValue } from './backup-value.ts';

export const backupRestore = defineAction({
  name: 'backup.restore',
  summary: 'Put a database back to a backup',
  description:
    'Verifies the backup whole, then writes its content through SQLite into the live file, brings it to disk and proves by the content hash that the database holds it. Where the target is `expect: any` and absent or unreadable, what lies there goes to quarantine and the verified copy gets its name, owner and mode; nobody else may have the files open. Everything written since the backup is gone from the database; take a `backup.create` before. The id is never replaced by another.',
  with: inputs({
    target: target(),
    backup: backupRef('The backup: a backup value, or an id.'),
    from: optional(path('A folder of backups outside the stores.', ['/mnt/backups'])),
    otherDatabase: optional(flag('The backup may be one of another database. Default: false.')),
  }),
  outputs: outputs({
    backup: backup('The backup restored.'),
    databaseBytes: count('Size of the database afterwards.'),
  }),
  effect: 'destroy',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'restore',
  availability: 'available',
  worksUnreadable: true,
  async preview(input, context) {
    const id = idOf(input.backup);
    const facts = await context.facts(input.target);
    return {
      state: 'would-run',
      lines: [
        `replaces the content of \`${input.target}\` (${formatSize(facts.sizeBytes + facts.walBytes)}) by backup \`${id}\``,
      ],
      changesSomething: true,
    };
  },
  async run(input, context) {
    const before = await context.facts(input.target);
    const { entry, pages } = await context.backups.restore(input.target, idOf(input.backup), {
      ...(input.from === undefined ? {} : { from: input.from }),
      allowsOtherDatabase: input.otherDatabase === true,
    });
    context.progress({ message: `${formatCount(pages, 'page')} written` });
    return {
      outputs: { backup: backupValue(entry), databaseBytes: entry.databaseBytes },
      measures: [
        { name: 'sizeBefore', value: before.sizeBytes, unit: 'bytes' },
        { name: 'sizeAfter', value: entry.databaseBytes, unit: 'bytes' },
      ],
    };
  },
});

function idOf(ref: string | { readonly id: string }): string {
  return typeof ref === 'string' ? ref : ref.id;
}
