// `http.check`: does an HTTP endpoint answer as it should?

import { Type } from 'typebox';
import { defineAction } from '../action.ts';
import { count, headers, inputs, list, optional, outputs, text } from '../fields.ts';
import { type HttpAnswer, httpRequest, requireHttpUrl, shownUrl } from './request.ts';

export const httpCheck = defineAction({
  name: 'http.check',
  summary: 'Check that an HTTP endpoint answers as it should',
  description:
    'Sends one GET request and compares status and body. The time limit is the `timeout` of the step, at most five minutes. Follows at most three redirects, on the same host only.',
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
  isPlannable: true,
  async preview(input, context) {
    return context.mayProbeExternal
      ? { state: 'would-run', lines: [`asks ${shownUrl(input.url)}`], changesSomething: false }
      : {
          state: 'not-simulated',
          lines: ['a plan opens no network; ask for it with --probe-external'],
          changesSomething: false,
        };
  },
  async run(input, context) {
    const startedMs = context.clock.monotonicMs();
    const answer = await httpRequest({
      method: 'GET',
      url: requireHttpUrl(input.url),
      headers: input.headers ?? {},
      signal: context.signal,
      followsRedirects: true,
    });
    const latencyMs = Math.round(context.clock.monotonicMs() - startedMs);
    const outputs = { status: answer.status, body: answer.body.slice(0, 65_536), latencyMs };
    const problem = misfit(answer, input);
    const measures = [{ name: 'latency', value: latencyMs, unit: 'ms' }] as const;
    if (problem === undefined) return { outputs, measures };
    return {
      outputs,
      measures,
      failed: {
        message: `\`${shownUrl(input.url)}\` ${problem}`,
        fix: 'look at the service that answers there',
      },
    };
  },
});

function misfit(
  answer: HttpAnswer,
  expected: { readonly status?: readonly number[]; readonly contains?: string },
): string | undefined {
  const isExpected =
    expected.status?.includes(answer.status) ?? (answer.status >= 200 && answer.status < 300);
  if (!isExpected) return `answered ${answer.status}, expected ${expected.status?.join(' or ') ?? '2xx'}`;
  if (expected.contains !== undefined && !answer.body.includes(expected.contains)) {
    return `answered ${answer.status}, without the text \`${expected.contains}\``;
  }
  return undefined;
}
