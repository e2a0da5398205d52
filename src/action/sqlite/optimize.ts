// `sqlite.optimize`: let SQLite refresh what has gone stale.

import { defineAction } from '../action.ts';
import { count, inputs, outputs, target } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

export const sqliteOptimize = defineAction({
  name: 'sqlite.optimize',
  summary: 'Let SQLite refresh what has gone stale',
  description:
    'Runs `PRAGMA optimize`, which analyzes those tables whose statistics no longer fit, with a bounded amount of work. The cheap companion of `sqlite.analyze`.',
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
    await session.optimize(sessionOptions(context));
    return { outputs: { durationMs: Math.round(context.clock.monotonicMs() - startedMs) } };
  },
});
