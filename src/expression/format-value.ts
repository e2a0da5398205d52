// A value as text, and as JSON. Exact: what is written can be read back; nothing is rounded for looks.

import { Duration, type Json, Timestamp, type Value } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { EvaluationError } from './evaluation-error.ts';
import { isList } from './runtime.ts';

/**
 * The text of a value inside a text: numbers in decimal, instants as ISO 8601 in UTC, durations as `90d`, lists and
 * maps as JSON.
 *
 * Fails with `expression/evaluation` for null and bytes, which have no text.
 */
export function formatValue(value: Value): string {
  try {
    return valueText(value);
  } catch (error) {
    if (error instanceof EvaluationError) throw new Failure('expression/evaluation', error.message);
    throw error;
  }
}

/** The same inside an evaluation. */
export function valueText(value: Value): string {
  if (value === null) throw new EvaluationError('its value is null, which cannot stand in a text');
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatExactDuration(value);
  if (value instanceof Uint8Array)
    throw new EvaluationError('its value is bytes, which cannot stand in a text');
  return JSON.stringify(toJson(value));
}

/** The value as JSON: instants as ISO 8601, durations as `90d`, bytes as base64. */
export function toJson(value: Value): Json {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatExactDuration(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isList(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}

/** Without exponent, and the same number when read back. */
export function formatNumber(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', first = '', fraction = '', exponent = '0'] = match;
  const digits = first + fraction;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

export function formatTimestamp(value: Timestamp): string {
  if (Number.isNaN(new Date(value.epochMs).getTime()))
    throw new EvaluationError('its timestamp is out of range');
  return new Date(value.epochMs).toISOString();
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Every unit that is needed: `90d`, `1h30m`, `1s500ms`; `0s` for none. */
export function formatExactDuration(value: Duration): string {
  let rest = Math.abs(Math.round(value.ms));
  let text = '';
  for (const [unit, ms] of units) {
    const count = Math.floor(rest / ms);
    rest -= count * ms;
    if (count > 0) text += `${count}${unit}`;
  }
  return `${value.ms < 0 && text !== '' ? '-' : ''}${text === '' ? '0s' : text}`;
}
