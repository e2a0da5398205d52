// The types of params, as data: schema, type and messages are made from this list.

export const paramTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'path',
  'duration',
  'size',
  'timestamp',
  'enum',
  'list',
  'object',
  'identifier',
  'sql',
] as const;

export type ParamType = (typeof paramTypes)[number];
