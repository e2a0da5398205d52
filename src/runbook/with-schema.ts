// The declared `with` of an action → what may be written in a file, and what must hold once expressions are resolved.

import type { Json, JsonObject } from '../base/index.ts';
import { isRecord } from '../base/index.ts';
import { schemaParts } from '../document/index.ts';

type Schema = Readonly<Record<string, Json>>;

const formatRules: Readonly<Record<string, string>> = {
  duration: 'must be a duration such as `30s`, `5m` or `90d`',
  size: 'must be a size such as `64MiB`, `1GB` or a number of bytes',
  target: 'must be the name of a target of this runbook: letters and digits beginning with a small letter',
};

/** A value that is filled in later, or is not there. */
const deferred: Schema = {
  anyOf: [{ type: 'null' }, { type: 'string', pattern: schemaParts.expressionPattern }],
};

/** As written: every leaf may be one whole expression instead, every optional key null. */
export function writtenSchema(declared: unknown): JsonObject {
  return writtenObject(plain(declared));
}

/** As resolved: durations and sizes may be numbers too (milliseconds, bytes). */
export function resolvedSchema(declared: unknown): JsonObject {
  return mapChildren(plain(declared), (child) => {
    const resolved = resolvedSchema(child);
    if (resolved.format !== 'duration') return resolved;
    return { ...resolved, type: ['string', 'number'], minimum: 0 };
  });
}

function writtenObject(schema: Schema): JsonObject {
  return mapChildren(schema, (child) => writtenValue(child));
}

function writtenValue(schema: Schema): JsonObject {
  // The name of a target decides what is leased and backed up: it is never computed.
  if (schema.format === 'target') return withRule(schema);
  const inner = writtenObject(schema);
  const isFreeText = inner.type === 'string' && inner.pattern === undefined && inner.enum === undefined;
  if (isFreeText) return { ...inner, type: ['string', 'null'] };
  if (inner.type === undefined && inner.anyOf === undefined) return inner;
  const { description, examples, ...rest } = inner;
  return {
    ...(description === undefined ? {} : { description }),
    ...(examples === undefined ? {} : { examples }),
    if: deferred,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: true,
    else: rest,
  };
}

function mapChildren(schema: Schema, change: (child: Schema) => JsonObject): JsonObject {
  const merged = withRule(mergeAlternatives(schema));
  const out: Record<string, Json> = { ...merged };
  if (isRecord(merged.properties)) {
    out.properties = Object.fromEntries(
      Object.entries(merged.properties).map(([key, child]) => [key, change(child as Schema)]),
    );
  }
  if (isRecord(merged.additionalProperties))
    out.additionalProperties = change(merged.additionalProperties as Schema);
  if (isRecord(merged.propertyNames) && merged.propertyNames.pattern === '^[A-Za-z_][A-Za-z0-9_]*$') {
    const errorMessage = 'must be letters, digits and `_`, not beginning with a digit';
    out.propertyNames = { ...merged.propertyNames, errorMessage };
  }
  if (isRecord(merged.items)) out.items = change(merged.items as Schema);
  return out;
}

function withRule(schema: Schema): Schema {
  const rule = formatRules[String(schema.format)];
  return rule === undefined ? schema : { ...schema, errorMessage: rule };
}

/** `anyOf` of different types says the same in one schema, with one exact error instead of several. */
function mergeAlternatives(schema: Schema): Schema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const types: Json[] = [];
  let merged: Record<string, Json> = {};
  for (const part of anyOf as readonly Schema[]) {
    if (typeof part.type !== 'string' || types.includes(part.type)) return schema;
    types.push(part.type);
    merged = { ...merged, ...part };
  }
  return { ...rest, ...merged, type: types };
}

/** Without the marks that a schema library keeps on its objects. */
function plain(schema: unknown): Schema {
  return JSON.parse(JSON.stringify(schema)) as Schema;
}
