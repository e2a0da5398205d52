// `sqlite.vacuum`: rewrite the database file without free pages.

import { defineAction } from '../action.ts';
import { count, flag, inputs, optional, outputs, share, target, text } from '../fields.ts';

export const sqliteVacuum = defineAction({
  name: 'sqlite.vacuum',
  summary: 'Rewrite the database file without free pages',
  description:
    'Runs VACUUM: gives free pages back to the file system and orders the rest. Needs as much free disk as the database, and the write lock for the whole time. With `whenFreeAbove` it runs only when it is worth it, and says why it did not.',
  with: inputs({
    target: target(),
    whenFreeAbove: optional(
      share('Run only when more than this part of the file is free pages. Default: always run.'),
    ),
  }),
  outputs: outputs({
    ran: flag('False when there was too little to gain.'),
    reason: text('Why it ran or did not run.'),
    freeShare: share('Part of the file that was free pages before.'),
    sizeBefore: count('Size of the file before, in bytes.'),
    sizeAfter: count('Size of the file after, in bytes.'),
    freedBytes: count('Bytes given back to the file system.'),
  }),
  effect: 'maintain',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
});
