// Wall-clock fields of an instant in a time zone, by Intl.

import { EvaluationError } from '../evaluation-error.ts';
import type { LiteralProblem } from './signature.ts';

export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** The wall clock in `zone`, an IANA name or `UTC`. Fails on an unknown zone or an instant out of range. */
export function wallClock(epochMs: number, zone: string): WallClock {
  const format = formatOf(zone);
  if (!format) throw new EvaluationError('its time zone is unknown');
  if (Number.isNaN(new Date(epochMs).getTime())) throw new EvaluationError('its timestamp is out of range');
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(epochMs)) parts[type] = Number(value);
  const millisecond = ((epochMs % 1000) + 1000) % 1000;
  return {
    year: parts.year ?? 0,
    month: parts.month ?? 0,
    day: parts.day ?? 0,
    hour: parts.hour ?? 0,
    minute: parts.minute ?? 0,
    second: parts.second ?? 0,
    millisecond,
  };
}

export function checkZone(zone: string | undefined, index: number): LiteralProblem | undefined {
  if (zone === undefined || formatOf(zone)) return undefined;
  return {
    index,
    message: `\`${zone}\` is not a time zone`,
    fix: 'use an IANA name such as "Europe/Berlin" or "UTC"',
  };
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) {
    // Bounded: zones may come from data.
    if (formats.size > 100) formats.clear();
    formats.set(zone, createFormat(zone));
  }
  return formats.get(zone);
}

function createFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}
