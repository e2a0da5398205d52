// Reads the kinds of value that JSON lacks, as the schema let them through.

import { Duration, parseDuration, parseSize, Timestamp } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
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

/** The instant of a timestamp field. Fails with `action/not-an-instant`. */
export function requireInstant(value: Timestamp | string): Date {
  const ms = value instanceof Timestamp ? value.epochMs : Date.parse(value);
  if (!Number.isNaN(ms)) return new Date(ms);
  throw new Failure(
    'action/not-an-instant',
    `expected an instant such as \`2026-01-05T14:30:00Z\`, found \`${String(value)}\``,
    {
      state: 'nothing was changed by this step',
      fix: 'write it as ISO 8601 with a time zone',
    },
  );
}

/** Parameters as SQLite binds them: SQLite has no booleans. */
export function boundParams(params: Readonly<Record<string, BoundValue>>): Record<string, SqlValue> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]),
  );
}
