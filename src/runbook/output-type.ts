// The types of expressions for what schemas and params declare.

import { isRecord } from '../base/index.ts';
import type { ObjectField, ValueType } from '../expression/index.ts';
import type { Param } from './runbook.ts';

/** The type of a value that fits a JSON Schema; `dyn` where the schema leaves it open. */
export function schemaType(schema: unknown): ValueType {
  if (!isRecord(schema)) return 'dyn';
  if (schema.format === 'timestamp') return 'timestamp';
  if (schema.format === 'duration') return 'duration';
  if (schema.format === 'size') return 'double';
  const alternatives = schema.anyOf;
  if (Array.isArray(alternatives)) {
    const [only, ...others] = alternatives.map(schemaType).filter((type) => type !== 'null');
    return only !== undefined && others.every((type) => type === only) ? only : 'dyn';
  }
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'null':
      return 'null';
    case 'array':
      return { list: schemaType(schema.items) };
    case 'object':
      if (isRecord(schema.properties)) return { object: schemaFields(schema) };
      return { map: isRecord(schema.additionalProperties) ? schemaType(schema.additionalProperties) : 'dyn' };
    default:
      return 'dyn';
  }
}

/** The fields of an object schema; what is not required may be missing. */
export function schemaFields(schema: unknown): Readonly<Record<string, ObjectField>> {
  if (!isRecord(schema) || !isRecord(schema.properties)) return {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, inner]): [string, ObjectField] => [
      name,
      {
        type: schemaType(inner),
        ...(required.includes(name) ? {} : { isOptional: true }),
        ...(isRecord(inner) && typeof inner.description === 'string'
          ? { description: inner.description }
          : {}),
      },
    ]),
  );
}

/** The type of a param's value; null, when it is not given, is not part of the type. */
export function paramType(param: Pick<Param, 'type' | 'items' | 'properties' | 'enum'>): ValueType {
  switch (param.type) {
    case 'integer':
    case 'number':
    case 'size':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'duration':
      return 'duration';
    case 'timestamp':
      return 'timestamp';
    case 'list':
      return { list: param.items?.valueType ?? 'dyn' };
    case 'object':
      if (!param.properties) return { map: 'dyn' };
      return {
        object: Object.fromEntries(
          Object.entries(param.properties).map(([name, inner]) => [name, { type: inner.valueType }]),
        ),
      };
    case 'enum':
      if (param.enum?.every((value) => typeof value === 'number')) return 'double';
      return param.enum?.every((value) => typeof value === 'string') ? 'string' : 'dyn';
    default:
      return 'string';
  }
}
