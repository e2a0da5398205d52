// What may be given for a param, in words.

import { formatDuration, formatSize } from '../base/index.ts';
import type { Param } from '../runbook/runbook.ts';

/** `integer, at least 1`; an enum says its values. */
export function paramTypeWords(param: Param): string {
  const facts: string[] = [param.type === 'enum' ? (param.enum ?? []).join(' | ') : typeWords(param)];
  if (param.minimum !== undefined) facts.push(`at least ${bound(param, param.minimum)}`);
  if (param.maximum !== undefined) facts.push(`at most ${bound(param, param.maximum)}`);
  if (param.pattern !== undefined) facts.push(`matches ${param.pattern}`);
  return facts.join(', ');
}

/** `required`, `optional`, or its default. */
export function paramDefaultWords(param: Param): string {
  if (param.isRequired) return 'required';
  return param.default === undefined ? 'optional' : `default ${JSON.stringify(param.default)}`;
}

function typeWords(param: Param): string {
  return param.type === 'list' && param.items !== undefined ? `list of ${param.items.type}` : param.type;
}

function bound(param: Param, value: number): string {
  if (param.type === 'duration') return formatDuration(value);
  return param.type === 'size' ? formatSize(value) : String(value);
}
