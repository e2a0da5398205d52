// `sqlite.analyze`: refresh the statistics of the query planner.

import { defineAction } from '../action.ts';
import { count, inputs, outputs, target } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

export const sqliteAnalyze = defineAction({
  name: 'sqlite.analyze',
  summary: 'Refresh the statistics of the query planner',
  description: "Runs ANALYZE over the whole database. Writes only the planner's own tables (`sqlite_stat*`).",
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
    await session.analyze(sessionOptions(context));
    return { outputs: { durationMs: Math.round(context.clock.monotonicMs() - startedMs) } };
  },
});
