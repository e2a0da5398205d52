// `http.check`: does an HTTP endpoint answer as it should?

import { Type } from 'typebox';
import { defineAction } from '../action.ts';
import { count, headers, inputs, list, optional, outputs, text } from '../fields.ts';

export const httpCheck = defineAction({
  name: 'http.check',
  summary: 'Check that an HTTP endpoint answers as it should',
  description:
    'Sends one GET request and compares status and body. The time limit is the `timeout` of the step (30 s when it has none). Follows at most three redirects, on the same host only.',
  with: inputs({
    url: text('An http or https address.', ['http://localhost:8000/api/health']),
    status: optional(
      list(Type.Integer({ minimum: 100, maximum: 599 }), 'Statuses that are right. Default: any 2xx.', {
        minItems: 1,
        examples: [[200, 204]],
      }),
    ),
    contains: optional(text('Text that the body must contain, in its first 1 MiB.', ['"status":"ok"'])),
    headers: optional(headers()),
  }),
  outputs: outputs({
    status: Type.Integer({ description: 'Status of the answer.' }),
    body: text('Beginning of the body, at most 64 KiB.'),
    latencyMs: count('Milliseconds until the whole answer was there.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: [],
  undo: 'none-needed',
  availability: 'available',
});
