// `wait`: let some time pass.

import { setTimeout } from 'node:timers/promises';
import { formatDuration } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { count, duration, inputs, outputs } from '../fields.ts';
import { milliseconds } from '../values.ts';

export const wait = defineAction({
  name: 'wait',
  summary: 'Let some time pass',
  description: 'Waits; Ctrl-C and the time limits of step and run end the wait at once.',
  with: inputs({
    for: duration('How long.', ['5s', '2m']),
  }),
  outputs: outputs({
    waitedMs: count('Milliseconds that passed.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: [],
  undo: 'none-needed',
  availability: 'available',
  async preview(input) {
    return {
      state: 'would-run',
      lines: [`waits ${formatDuration(milliseconds(input.for))}`],
      changesSomething: false,
    };
  },
  async run(input, context) {
    const startedMs = context.clock.monotonicMs();
    const endMs = startedMs + milliseconds(input.for);
    // A timer takes at most 2^31 - 1 ms; a longer wait is several.
    for (let restMs = endMs - startedMs; restMs > 0; restMs = endMs - context.clock.monotonicMs()) {
      await setTimeout(Math.min(restMs, 2 ** 31 - 1), undefined, { signal: context.signal }).catch(
        (error) => {
          context.signal.throwIfAborted();
          throw error;
        },
      );
    }
    return { outputs: { waitedMs: Math.round(context.clock.monotonicMs() - startedMs) } };
  },
});
