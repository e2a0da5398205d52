// `sqlite.reindex`: build all indexes anew.

import { defineAction } from '../action.ts';
import { count, inputs, outputs, target } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

export const sqliteReindex = defineAction({
  name: 'sqlite.reindex',
  summary: 'Build all indexes anew',
  description:
    'Runs REINDEX. Needed after a collation has changed, or when `integrity_check` says that an index does not match its table. Holds the write lock for as long as it takes.',
  with: inputs({
    target: target(),
  }),
  outputs: outputs({
    durationMs: count('Milliseconds it took.'),
  }),
  effect: 'maintain',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
  async run(input, context) {
    const startedMs = context.clock.monotonicMs();
    const session = await context.writer(input.target);
    await session.reindex(sessionOptions(context));
    return { outputs: { durationMs: Math.round(context.clock.monotonicMs() - startedMs) } };
  },
});
