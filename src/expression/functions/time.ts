// Functions of instants and lengths of time. Without a zone, everything is UTC.

import { Duration, parseDuration, Timestamp } from '../../base/index.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { formatTimestamp } from '../format-value.ts';
import type { RuntimeValue } from '../runtime.ts';
import { type ExpressionFunction, type LiteralProblem, textAt } from './signature.ts';
import { checkZone, type WallClock, wallClock } from './zone.ts';

export const timeFunctions: readonly ExpressionFunction[] = [
  {
    name: 'sqlTime',
    form: 'function',
    summary: '`YYYY-MM-DD HH:MM:SS` in UTC, as SQLite writes it with `CURRENT_TIMESTAMP`',
    overloads: [{ args: ['timestamp'], result: 'string' }],
    run: (args) =>
      formatTimestamp(instantAt(args))
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ''),
  },
  {
    name: 'iso',
    form: 'function',
    summary: 'ISO 8601 in UTC with milliseconds',
    overloads: [{ args: ['timestamp'], result: 'string' }],
    run: (args) => formatTimestamp(instantAt(args)),
  },
  {
    name: 'unixSeconds',
    form: 'function',
    summary: 'whole seconds since 1970',
    overloads: [{ args: ['timestamp'], result: 'double' }],
    run: (args) => Math.floor(instantAt(args).epochMs / 1000),
  },
  {
    name: 'unixMillis',
    form: 'function',
    summary: 'milliseconds since 1970',
    overloads: [{ args: ['timestamp'], result: 'double' }],
    run: (args) => instantAt(args).epochMs,
  },
  {
    name: 'seconds',
    form: 'function',
    summary: 'a duration as a number of seconds',
    overloads: [{ args: ['duration'], result: 'double' }],
    run: (args) => lengthAt(args).ms / 1000,
  },
  {
    name: 'format',
    form: 'function',
    summary: 'an instant by a pattern of `%Y %y %m %d %H %M %S %L %j %%`, in a time zone (UTC)',
    overloads: [{ args: ['timestamp', 'string', 'string'], required: 2, result: 'string' }],
    checkLiterals: ([, pattern, zone]) => checkFormat(pattern) ?? checkZone(zone, 2),
    run(args, { budget }) {
      const pattern = textAt(args, 1);
      if (checkFormat(pattern)) throw new EvaluationError('its format has an unknown `%` sign');
      const clock = wallClock(instantAt(args).epochMs, textAt(args, 2) || 'UTC');
      return budget.text(pattern.replace(/%([A-Za-z%])/g, (_, sign: string) => formatSign(sign, clock)));
    },
  },
  {
    name: 'inWindow',
    form: 'function',
    summary: 'true inside a daily window such as "22:00-05:00" (end excluded), in a time zone (UTC)',
    overloads: [{ args: ['timestamp', 'string', 'string'], required: 2, result: 'bool' }],
    checkLiterals: ([, window, zone]) =>
      window !== undefined && !parseWindow(window)
        ? { index: 1, message: `\`${window}\` is not a daily window`, fix: 'write it as "22:00-05:00"' }
        : checkZone(zone, 2),
    run(args) {
      const window = parseWindow(textAt(args, 1));
      if (!window) throw new EvaluationError('its window is not of the form "22:00-05:00"');
      const { hour, minute } = wallClock(instantAt(args).epochMs, textAt(args, 2) || 'UTC');
      const at = hour * 60 + minute;
      return window.from < window.to
        ? at >= window.from && at < window.to
        : at >= window.from || at < window.to;
    },
  },
  {
    name: 'duration',
    form: 'function',
    summary: 'a length of time written `90d`, `1h30m`, `500ms`',
    overloads: [{ args: ['string'], result: 'duration' }],
    checkLiterals: ([text]) =>
      text !== undefined && parseDuration(text) === undefined
        ? { index: 0, message: `\`${text}\` is not a duration`, fix: 'write it as "90d", "1h30m" or "500ms"' }
        : undefined,
    run(args) {
      const ms = parseDuration(textAt(args, 0));
      if (ms === undefined) throw new EvaluationError('its text is not a duration such as `90d`');
      return new Duration(ms);
    },
  },
  {
    name: 'timestamp',
    form: 'function',
    summary: 'an instant written as ISO 8601 with a zone, or as SQLite writes it (UTC)',
    overloads: [{ args: ['string'], result: 'timestamp' }],
    checkLiterals: ([text]) =>
      text !== undefined && parseTimestamp(text) === undefined
        ? { index: 0, message: `\`${text}\` is not a timestamp`, fix: 'write it as "2026-01-31T22:00:00Z"' }
        : undefined,
    run(args) {
      const epochMs = parseTimestamp(textAt(args, 0));
      if (epochMs === undefined)
        throw new EvaluationError('its text is not a timestamp such as `2026-01-31T22:00:00Z`');
      return new Timestamp(epochMs);
    },
  },
  ...fields(),
];

/** Milliseconds since 1970 of ISO 8601 with `Z` or an offset, or of `YYYY-MM-DD HH:MM:SS` in UTC. */
export function parseTimestamp(text: string): number | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)| (\d\d):(\d\d):(\d\d))$/.exec(
      text,
    );
  if (!match) return undefined;
  // The language rolls 31 February over into March; an operator who wrote it meant something else.
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate())
    return undefined;
  const epochMs = Date.parse(text[10] === ' ' ? `${text.replace(' ', 'T')}Z` : text);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function instantAt(args: readonly RuntimeValue[]): Timestamp {
  const value = args[0];
  if (!(value instanceof Timestamp) || Number.isNaN(new Date(value.epochMs).getTime()))
    throw new EvaluationError('its timestamp is out of range');
  return value;
}

function lengthAt(args: readonly RuntimeValue[]): Duration {
  const value = args[0];
  if (!(value instanceof Duration)) throw new EvaluationError('it needs a duration');
  return value;
}

const signs = 'YymdHMSLj%';

function checkFormat(pattern: string | undefined): LiteralProblem | undefined {
  const unknown = /%(?![YymdHMSLj%])(.?)/.exec((pattern ?? '').replaceAll('%%', ''));
  if (!unknown) return undefined;
  return {
    index: 1,
    message: `the format has \`%${unknown[1]}\`, which is not one of ${[...signs].map((sign) => `\`%${sign}\``).join(' ')}`,
  };
}

function formatSign(sign: string, clock: WallClock): string {
  const two = (value: number) => String(value).padStart(2, '0');
  switch (sign) {
    case 'Y':
      return String(clock.year).padStart(4, '0');
    case 'y':
      return two(clock.year % 100);
    case 'm':
      return two(clock.month);
    case 'd':
      return two(clock.day);
    case 'H':
      return two(clock.hour);
    case 'M':
      return two(clock.minute);
    case 'S':
      return two(clock.second);
    case 'L':
      return String(clock.millisecond).padStart(3, '0');
    case 'j':
      return String(dayOfYear(clock)).padStart(3, '0');
    default:
      return '%';
  }
}

function dayOfYear({ year, month, day }: WallClock): number {
  return (Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000 + 1;
}

function parseWindow(text: string): { readonly from: number; readonly to: number } | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  if (!match) return undefined;
  const from = Number(match[1]) * 60 + Number(match[2]);
  const to = Number(match[3]) * 60 + Number(match[4]);
  return from === to || to > 1440 ? undefined : { from, to };
}

/** CEL's own accessors; months, days of the month and of the year count from 0 there, `getDate` from 1. */
function fields(): ExpressionFunction[] {
  const ofInstant: Readonly<Record<string, (clock: WallClock) => number>> = {
    getFullYear: (clock) => clock.year,
    getMonth: (clock) => clock.month - 1,
    getDate: (clock) => clock.day,
    getDayOfMonth: (clock) => clock.day - 1,
    getDayOfWeek: (clock) => new Date(Date.UTC(clock.year, clock.month - 1, clock.day)).getUTCDay(),
    getDayOfYear: (clock) => dayOfYear(clock) - 1,
    getHours: (clock) => clock.hour,
    getMinutes: (clock) => clock.minute,
    getSeconds: (clock) => clock.second,
    getMilliseconds: (clock) => clock.millisecond,
  };
  const ofLength: Readonly<Record<string, number>> = {
    getHours: 3_600_000,
    getMinutes: 60_000,
    getSeconds: 1000,
    getMilliseconds: 1,
  };
  return Object.entries(ofInstant).map(([name, read]) => ({
    name,
    form: 'method',
    summary: `CEL's \`${name}\``,
    overloads: [
      { args: ['timestamp', 'string'], required: 1, result: 'double' },
      ...(ofLength[name] === undefined ? [] : [{ args: ['duration'], result: 'double' } as const]),
    ],
    checkLiterals: ([, zone]) => checkZone(zone, 1),
    run(args) {
      const unit = ofLength[name];
      if (unit !== undefined && args[0] instanceof Duration) return Math.trunc(args[0].ms / unit);
      return read(wallClock(instantAt(args).epochMs, textAt(args, 1) || 'UTC'));
    },
  }));
}
