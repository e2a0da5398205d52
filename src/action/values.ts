// Reads the kinds of value that JSON lacks, as the schema let them through.

import { Duration, parseDuration, parseSize, Timestamp } from '../base/index.ts';
import type { SqlValue } from '../target/index.ts';
import type { BoundValue } from './fields.ts';

/** Milliseconds of a duration field. */
export function milliseconds(value: Duration | string): number {
  const ms = value instanceof Duration ? value.ms : parseDuration(value);
  if (ms === undefined) throw new Error(`not a duration: ${String(value)}`);
  return ms;
}

/** Bytes of a size field. */
export function byteCount(value: number | string): number {
  const bytes = typeof value === 'number' ? value : parseSize(value);
  if (bytes === undefined) throw new Error(`not a size: ${value}`);
  return bytes;
}

/** Epoch milliseconds of a timestamp field; undefined when the text is no instant. */
export function epochMs(value: Timestamp | string): number | undefined {
  const ms = value instanceof Timestamp ? value.epochMs : Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Parameters as SQLite binds them: SQLite has no booleans. */
export function boundParams(params: Readonly<Record<string, BoundValue>>): Record<string, SqlValue> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]),
  );
}
