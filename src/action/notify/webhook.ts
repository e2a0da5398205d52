// `notify.webhook`: tell another system.

import { Type } from 'typebox';
import type { Json } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { anything, headers, inputs, optional, outputs, text } from '../fields.ts';

export const notifyWebhook = defineAction({
  name: 'notify.webhook',
  summary: 'Send a message to a web address',
  description:
    'Sends one POST request with a JSON body; any 2xx status is success. Redirects are not followed. Values of secrets reach the receiver as they are, and are masked in journal and messages.',
  with: inputs({
    url: text('An http or https address.', ['${{ secrets.webhook }}']),
    body: anything<Json>('The message, sent as JSON.'),
    headers: optional(headers()),
  }),
  outputs: outputs({
    status: Type.Integer({ description: 'Status of the answer.' }),
  }),
  effect: 'external',
  isIdempotent: false,
  targetKeys: [],
  undo: 'none-needed',
  availability: 'available',
});
