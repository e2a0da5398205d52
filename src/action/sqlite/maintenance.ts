// What `sqlite.analyze`, `optimize` and `reindex` share: work on a whole database that leaves its content as it is.

import type { SessionOptions, WriteSession } from '../../target/index.ts';
import { defineAction } from '../action.ts';
import { count, inputs, outputs, target } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';

interface Maintenance {
  readonly name: `sqlite.${string}`;
  readonly summary: string;
  readonly description: string;
  readonly work: (session: WriteSession, options: SessionOptions) => Promise<void>;
}

export function defineMaintenance({ work, ...words }: Maintenance) {
  return defineAction({
    ...words,
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
      await work(await context.writer(input.target), sessionOptions(context));
      return { outputs: { durationMs: Math.round(context.clock.monotonicMs() - startedMs) } };
    },
  });
}
