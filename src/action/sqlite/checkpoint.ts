// `sqlite.checkpoint`: move the write-ahead log into the database file.

import { formatSize } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { count, flag, inputs, outputs, target } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

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
  async preview(input, context) {
    const { walBytes } = await context.facts(input.target);
    return {
      state: 'would-run',
      lines: [
        walBytes === 0 ? 'the write-ahead log is empty now' : 'moves the write-ahead log into the database',
      ],
      changesSomething: walBytes > 0,
    };
  },
  async run(input, context) {
    const session = await context.writer(input.target);
    const result = await session.checkpoint(sessionOptions(context));
    return {
      outputs: result,
      measures: [
        {
          name: 'checkpointed',
          value: Math.max(0, result.walBytesBefore - result.walBytesAfter),
          unit: 'bytes',
        },
      ],
      ...(result.isComplete
        ? {}
        : {
            warnings: [
              `the write-ahead log of \`${input.target}\` could not be emptied (${formatSize(result.walBytesAfter)} stay): another connection still reads an older state`,
            ],
          }),
    };
  },
});
