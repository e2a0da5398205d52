// `sqlite.checkpoint`: move the write-ahead log into the database file.

import { defineAction } from '../action.ts';
import { count, flag, inputs, outputs, target } from '../fields.ts';

export const sqliteCheckpoint = defineAction({
  name: 'sqlite.checkpoint',
  summary: 'Move the write-ahead log into the database file',
  description:
    'Runs a TRUNCATE checkpoint and says how large the WAL was and is. Readers that hold an old snapshot keep it from completing: `isComplete` is then false, with a warning, and the step has not failed.',
  with: inputs({
    target: target(),
  }),
  outputs: outputs({
    walBytesBefore: count('Size of the WAL before.'),
    walBytesAfter: count('Size of the WAL after.'),
    isComplete: flag('True when the whole WAL was moved.'),
  }),
  effect: 'maintain',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
});
