// Values of a runbook in one form, for comparing: expressions without their spacing, SQL without its layout, `60m` as
// `1h`, `./a` as `a`. Two that mean the same are equal; nothing here is shown to anybody.

import { posix } from 'node:path';
import { isRecord, parseDuration, parseSize } from '../../base/index.ts';
import { hasExpression, normalTemplate } from '../../expression/index.ts';
import { normalSql } from './normal-sql.ts';

/** `schema` is that of the value, where its action or param declares one. A key whose value is null counts as absent. */
export function normalValue(value: unknown, schema?: unknown): unknown {
  const { items, properties, additionalProperties, format } = isRecord(schema) ? schema : {};
  if (Array.isArray(value)) return value.map((item) => normalValue(item, items));
  if (isRecord(value)) {
    const known = isRecord(properties) ? properties : {};
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== null && item !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [key, normalValue(item, known[key] ?? additionalProperties)]),
    );
  }
  if (typeof value !== 'string') return value;
  if (hasExpression(value)) return normalTemplate(value);
  return normalText(value, format);
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The names of steps in expressions as they are called now. */
export function renamed(value: unknown, renames: ReadonlyMap<string, string>): unknown {
  if (renames.size === 0 || value === undefined) return value;
  const text = JSON.stringify(value).replaceAll(
    /\b(steps|preconditions)\.([a-zA-Z0-9]+)/g,
    (all, root: string, id: string) => (renames.has(id) ? `${root}.${renames.get(id)}` : all),
  );
  return JSON.parse(text);
}

function normalText(text: string, format: unknown): unknown {
  switch (format) {
    case 'duration':
      return parseDuration(text) ?? text;
    case 'size':
      return parseSize(text) ?? text;
    case 'path':
      return posix.normalize(text).replace(/(?<=.)\/$/, '');
    case 'sql':
      return normalSql(text);
    default:
      return text;
  }
}
