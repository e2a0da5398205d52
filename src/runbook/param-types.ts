// The types of params, as data.

import type { ParamType } from './runbook.ts';

export const paramTypes: readonly ParamType[] = [
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
];
