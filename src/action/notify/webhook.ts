// `notify.webhook`: tell another system.

import { Type } from 'typebox';
import type { Json } from '../../base/index.ts';
import { defineAction } from '../action.ts';
import { anything, headers, inputs, optional, outputs, text } from '../fields.ts';
import { httpRequest, requireHttpUrl, shownUrl } from '../http/request.ts';

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
  async preview() {
    return { state: 'not-simulated', lines: ['a message is sent; a plan sends none'] };
  },
  async run(input, context) {
    const { status } = await httpRequest({
      method: 'POST',
      url: requireHttpUrl(input.url),
      headers: { 'content-type': 'application/json', ...lowerCase(input.headers ?? {}) },
      body: JSON.stringify(input.body),
      signal: context.signal,
      followsRedirects: false,
    });
    if (status >= 200 && status < 300) return { outputs: { status } };
    return {
      outputs: { status },
      failed: {
        message: `\`${shownUrl(input.url)}\` answered ${status}, expected 2xx`,
        fix: 'look at the address, the headers and the body that the receiver expects',
      },
    };
  },
});

/** So that a `Content-Type` of the step replaces ours. */
function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
