// `wait`: let some time pass.

import { defineAction } from '../action.ts';
import { count, duration, inputs, outputs } from '../fields.ts';

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
});
