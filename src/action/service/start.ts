// `service.start`: the declaration; this version does not run it.

import { defineAction } from '../action.ts';
import { choice, inputs, list, optional, outputs, targetList, text } from '../fields.ts';

export const serviceStart = defineAction({
  name: 'service.start',
  summary: 'Start a service',
  description: 'Remembers the state that the service was in before; undo returns to that.',
  with: inputs({
    unit: optional(text('A systemd unit.', ['nerve-app.service'])),
    command: optional(
      inputs(
        {
          start: list(text('Program or argument.'), 'Starts the service.', { minItems: 1 }),
          stop: list(text('Program or argument.'), 'Stops the service.', { minItems: 1 }),
          status: list(text('Program or argument.'), 'Exits 0 when the service runs.', { minItems: 1 }),
        },
        { description: 'The service is controlled by these programs.' },
      ),
    ),
    releases: optional(targetList('Targets whose files nobody may hold afterwards.')),
  }),
  outputs: outputs({
    before: choice(['running', 'stopped'], 'State that it was in.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: ['releases'],
  undo: 'own',
  availability: 'planned',
});
