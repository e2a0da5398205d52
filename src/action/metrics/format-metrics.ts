// Metrics as text in the Prometheus exposition format, version 0.0.4.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/

import { Failure } from '../../diagnostic/index.ts';

export interface Metric {
  readonly name: string;
  readonly help?: string;
  readonly type?: 'gauge' | 'counter' | 'untyped';
  readonly value?: number | boolean;
  readonly labels?: Readonly<Record<string, string | number | boolean>>;
  readonly by?: string;
  readonly values?: Readonly<Record<string, number>>;
}

interface Family {
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: Map<string, string>;
}

/** All lines of one name stand together, as the format asks. Fails with `action/invalid-metric`. */
export function formatMetrics(metrics: readonly Metric[], prefix = ''): { text: string; samples: number } {
  const families = new Map<string, Family>();
  for (const metric of metrics) {
    const name = `${prefix}${metric.name}`;
    const type = metric.type ?? 'gauge';
    const family = families.get(name) ?? { type, help: metric.help, samples: new Map() };
    families.set(name, family);
    if (family.type !== type || (metric.help !== undefined && metric.help !== family.help)) {
      throw invalid(`metric \`${name}\` stands there twice with another type or help`);
    }
    for (const [labels, value] of samplesOf(metric)) {
      const series = `${name}${labels}`;
      if (family.samples.has(series)) throw invalid(`series \`${series}\` stands there twice`);
      family.samples.set(series, `${series} ${value}`);
    }
  }
  const lines = [...families].flatMap(([name, { type, help, samples }]) => [
    ...(help === undefined
      ? []
      : [`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`]),
    `# TYPE ${name} ${type}`,
    ...samples.values(),
  ]);
  const samples = [...families.values()].reduce((sum, family) => sum + family.samples.size, 0);
  return { text: `${lines.join('\n')}\n`, samples };
}

function samplesOf({ value, values, by, labels = {} }: Metric): [labels: string, value: number][] {
  if (values !== undefined && by !== undefined) {
    return Object.entries(values).map(([key, each]) => [labelText({ ...labels, [by]: key }), each]);
  }
  return [[labelText(labels), Number(value ?? 0)]];
}

function labelText(labels: Readonly<Record<string, string | number | boolean>>): string {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return '';
  return `{${entries.map(([name, value]) => `${name}="${escapeLabel(String(value))}"`).join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function invalid(message: string): Failure {
  return new Failure('action/invalid-metric', message, {
    state: 'the file is as before',
    fix: 'give each series other labels',
  });
}
