// `metrics.write`: numbers for Prometheus, through its text file collector.

import { Type } from 'typebox';
import { formatCount, isRecord } from '../../base/index.ts';
import type { InputProblem } from '../action.ts';
import { defineAction } from '../action.ts';
import { choice, count, inputs, list, mapOf, optional, outputs, path, text } from '../fields.ts';
import { formatMetrics } from './format-metrics.ts';
import { writeWhole } from './write-whole.ts';

export const metricsWrite = defineAction({
  name: 'metrics.write',
  summary: 'Write metrics to a Prometheus text file',
  description:
    'Writes all metrics to one file, which appears whole or not at all: a temporary file beside it is synced and renamed over it. The file is for the text file collector of the node exporter.',
  with: inputs({
    to: path('The file; its folder must exist.', ['/var/lib/node_exporter/textfile/nerve.prom']),
    prefix: optional(
      Type.String({
        pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]*$',
        description: 'Put before the name of every metric.',
        examples: ['nerve_db_'],
      }),
    ),
    metrics: list(
      inputs({
        name: Type.String({
          pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]*$',
          description: 'Name of the metric.',
          examples: ['nerve_db_size_bytes'],
        }),
        help: optional(text('What it means, for the HELP line.')),
        type: optional(choice(['gauge', 'counter', 'untyped'], 'Default: gauge.')),
        value: optional(
          Type.Unsafe<number | boolean>({
            type: ['number', 'boolean'],
            description: 'Its value; true is 1 and false is 0.',
          }),
        ),
        labels: optional(
          Type.Unsafe<Readonly<Record<string, string | number | boolean>>>({
            type: 'object',
            propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' },
            additionalProperties: { type: ['string', 'number', 'boolean'] },
            description: 'Labels and their values.',
            examples: [{ database: 'nerve' }],
          }),
        ),
        by: optional(
          Type.String({
            pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$',
            description: 'Label that takes the keys of `values`.',
            examples: ['table'],
          }),
        ),
        values: optional(
          mapOf(
            Type.Number(),
            'One sample per key, instead of `value`: such as rows by table, with `by: table`.',
          ),
        ),
      }),
      'The metrics, in order.',
      { minItems: 1 },
    ),
  }),
  outputs: outputs({
    samples: count('Samples written.'),
    sizeBytes: count('Size of the file.'),
  }),
  effect: 'external',
  isIdempotent: true,
  targetKeys: [],
  undo: 'none-needed',
  availability: 'available',
  check(input) {
    const metrics = Array.isArray(input.metrics) ? input.metrics : [];
    return metrics.flatMap((metric, index) =>
      isRecord(metric) ? problemsOf(metric, ['metrics', index]) : [],
    );
  },
  async preview(input) {
    return {
      state: 'would-run',
      lines: [`writes ${formatCount(input.metrics.length, 'metric')}`],
      facts: { metrics: input.metrics.map(({ name }) => `${input.prefix ?? ''}${name}`) },
      changesSomething: true,
    };
  },
  async run(input, context) {
    context.signal.throwIfAborted();
    const { text, samples } = formatMetrics(input.metrics, input.prefix);
    await writeWhole(input.to, text);
    return { outputs: { samples, sizeBytes: Buffer.byteLength(text) } };
  },
});

function problemsOf(metric: Record<string, unknown>, path: readonly (string | number)[]): InputProblem[] {
  const has = (key: string): boolean => metric[key] !== undefined;
  const problems: InputProblem[] = [];
  if (has('value') === has('values')) {
    problems.push({
      path,
      message: `expected exactly one of \`value\` and \`values\`, found ${has('value') ? 'both' : 'none'}`,
    });
  }
  if (has('values') !== has('by')) {
    problems.push({
      path,
      message: '`values` and `by` need each other',
      fix: 'name in `by` the label that takes the keys of `values`, such as `by: table`',
    });
  }
  const labels = isRecord(metric.labels) ? Object.keys(metric.labels) : [];
  for (const label of [...labels, ...(typeof metric.by === 'string' ? [metric.by] : [])]) {
    if (label.startsWith('__'))
      problems.push({ path, message: `label \`${label}\` is reserved: \`__\` belongs to Prometheus` });
  }
  return problems;
}
