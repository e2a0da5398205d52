// Turns what was given for a param into its value, and says in words when it does not fit. Pure.

import { resolve } from 'node:path';
import {
  Duration,
  formatCount,
  isRecord,
  parseDuration,
  parseSize,
  Timestamp,
  type Value,
} from '../base/index.ts';
import { formatValue, matchesWhole, parseTimestamp } from '../expression/index.ts';
import type { Param } from './runbook.ts';

export type ParamShape = Omit<Param, 'name' | 'isRequired' | 'description' | 'place'>;

export interface Conversion {
  /** Folder that a relative path starts at. */
  readonly folder: string;
  /** The value is text from a command line: numbers, lists and the like are written in it. */
  readonly isText: boolean;
}

export type Fault = 'wrong-type' | 'out-of-range' | 'not-in-enum' | 'pattern-mismatch';
export type Converted =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly fault: Fault;
      readonly at: readonly (string | number)[];
      readonly message: string;
    };

/** `message` completes "param `x` ". */
export function convertValue(shape: ParamShape, given: unknown, how: Conversion): Converted {
  const read = readValue(shape, given, how);
  return read.ok ? checkBounds(shape, read.value) : read;
}

function readValue(shape: ParamShape, given: unknown, how: Conversion): Converted {
  const text = typeof given === 'string' ? given : undefined;
  switch (shape.type) {
    case 'string':
    case 'identifier':
    case 'sql':
      if (text === undefined) return wrongType(shape, given);
      return text.includes('\0') ? wrong('wrong-type', 'must not hold a null character') : right(text);
    case 'path':
      if (text === undefined || text === '' || text.includes('\0')) return wrongType(shape, given);
      return right(resolve(how.folder, text));
    case 'integer':
    case 'number': {
      const number = how.isText && text !== undefined ? readNumber(text) : given;
      if (typeof number !== 'number' || !Number.isFinite(number)) return wrongType(shape, given);
      if (Number.isInteger(number) && !Number.isSafeInteger(number))
        return wrong('out-of-range', 'is an integer over 2^53, which would be rounded');
      if (shape.type === 'integer' && !Number.isInteger(number)) return wrongType(shape, given);
      return right(number);
    }
    case 'boolean':
      if (how.isText && (text === 'true' || text === 'false')) return right(text === 'true');
      return typeof given === 'boolean' ? right(given) : wrongType(shape, given);
    case 'duration': {
      const ms = text === undefined ? undefined : parseDuration(text);
      return ms === undefined ? wrongType(shape, given) : right(new Duration(ms));
    }
    case 'size': {
      const bytes =
        typeof given === 'number' && Number.isSafeInteger(given) && given >= 0
          ? given
          : parseSize(text ?? '');
      return bytes === undefined ? wrongType(shape, given) : right(bytes);
    }
    case 'timestamp': {
      const epochMs = parseTimestamp(text ?? '');
      return epochMs === undefined ? wrongType(shape, given) : right(new Timestamp(epochMs));
    }
    case 'enum':
      return readEnum(shape, given, how);
    case 'list':
      return readList(shape, given, how);
    case 'object':
      return readObject(shape, given, how);
  }
}

function readEnum(shape: ParamShape, given: unknown, how: Conversion): Converted {
  const found = shape.enum?.find((value) => value === given || (how.isText && String(value) === given));
  if (found !== undefined) return right(found);
  return wrong('not-in-enum', `must be one of ${listEnum(shape)}, not ${shown(given)}`);
}

function readList(shape: ParamShape, given: unknown, how: Conversion): Converted {
  const list = how.isText && typeof given === 'string' ? (given === '' ? [] : given.split(',')) : given;
  if (!Array.isArray(list)) return wrongType(shape, given);
  const { items } = shape;
  const values: Value[] = [];
  for (const [index, item] of list.entries()) {
    const inner: Converted = items ? convertValue(items, item, how) : plain(item);
    if (!inner.ok) return { ...inner, at: [index, ...inner.at] };
    values.push(inner.value);
  }
  return right(values);
}

function readObject(shape: ParamShape, given: unknown, how: Conversion): Converted {
  let record = given;
  if (how.isText && typeof given === 'string') {
    try {
      record = JSON.parse(given);
    } catch {
      return wrong('wrong-type', 'must be an object, written as JSON');
    }
  }
  if (!isRecord(record)) return wrongType(shape, given);
  const entries: [string, Value][] = [];
  for (const [name, item] of Object.entries(record)) {
    const property =
      shape.properties && Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
    if (shape.properties && !property)
      return { ok: false, fault: 'wrong-type', at: [name], message: `has no \`${name}\`` };
    const inner: Converted = property ? convertValue(property, item, { ...how, isText: false }) : plain(item);
    if (!inner.ok) return { ...inner, at: [name, ...inner.at] };
    entries.push([name, inner.value]);
  }
  const missing = Object.keys(shape.properties ?? {}).filter((name) => !Object.hasOwn(record, name));
  return right(Object.fromEntries([...entries, ...missing.map((name): [string, Value] => [name, null])]));
}

function checkBounds(shape: ParamShape, value: Value): Converted {
  if (shape.enum && shape.type !== 'enum' && !shape.enum.some((allowed) => allowed === value))
    return wrong('not-in-enum', `must be one of ${listEnum(shape)}, not ${shown(value)}`);
  const measure = measureOf(value);
  if (measure !== undefined) {
    const { minimum, maximum } = shape;
    if (minimum !== undefined && measure < minimum)
      return wrong('out-of-range', `must be at least ${bound(shape, minimum)}, not ${shown(value)}`);
    if (maximum !== undefined && measure > maximum)
      return wrong('out-of-range', `must be at most ${bound(shape, maximum)}, not ${shown(value)}`);
  }
  const length = typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  if (length !== undefined) {
    const unit = typeof value === 'string' ? 'character' : 'value';
    if (shape.minLength !== undefined && length < shape.minLength)
      return wrong('out-of-range', `must have at least ${formatCount(shape.minLength, unit)}, not ${length}`);
    if (shape.maxLength !== undefined && length > shape.maxLength)
      return wrong('out-of-range', `must have at most ${formatCount(shape.maxLength, unit)}, not ${length}`);
  }
  if (shape.pattern !== undefined && typeof value === 'string') {
    const isMatch = matchesWhole(shape.pattern, value);
    if (isMatch === undefined)
      return wrong(
        'out-of-range',
        `has ${formatCount(value.length, 'character')}, too many to compare with \`${shape.pattern}\``,
      );
    if (!isMatch) return wrong('pattern-mismatch', `must match \`${shape.pattern}\`, but is ${shown(value)}`);
  }
  return right(value);
}

/** A value of a list or object whose shape is not declared. */
function plain(given: unknown): Converted {
  if (given === null || typeof given === 'string' || typeof given === 'boolean') return right(given);
  if (typeof given === 'number') {
    if (!Number.isInteger(given) || Number.isSafeInteger(given)) return right(given);
    return wrong('out-of-range', 'has an integer over 2^53, which would be rounded');
  }
  const anything: ParamShape = { type: Array.isArray(given) ? 'list' : 'object', valueType: 'dyn' };
  return readValue(anything, given, { folder: '', isText: false });
}

/** A bound as written, as the number that values are measured by. */
export function readBound(type: Param['type'], written: unknown): number | undefined {
  if (typeof written === 'number') return type === 'duration' || type === 'timestamp' ? undefined : written;
  if (typeof written !== 'string') return undefined;
  if (type === 'duration') return parseDuration(written);
  if (type === 'size') return parseSize(written);
  if (type === 'timestamp') return parseTimestamp(written);
  return undefined;
}

function measureOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Duration) return value.ms;
  return value instanceof Timestamp ? value.epochMs : undefined;
}

function bound({ type }: ParamShape, measure: number): string {
  if (type === 'duration') return formatValue(new Duration(measure));
  if (type === 'timestamp') return formatValue(new Timestamp(measure));
  return formatValue(measure);
}

const wanted: Readonly<Record<Param['type'], string>> = {
  string: 'a text',
  identifier: 'the name of a table or column',
  sql: 'an SQL predicate',
  path: 'a path',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  duration: 'a duration such as `90d`',
  size: 'a size such as `64MiB`',
  timestamp: 'a timestamp such as `2026-01-31T22:00:00Z`',
  enum: 'one of its values',
  list: 'a list',
  object: 'an object',
};

function readNumber(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function listEnum({ enum: values = [] }: ParamShape): string {
  return values.map((value) => `\`${value}\``).join(', ');
}

function shown(given: unknown): string {
  if (given instanceof Duration || given instanceof Timestamp) return `\`${formatValue(given)}\``;
  if (given === null) return 'null';
  if (Array.isArray(given)) return 'a list';
  if (typeof given === 'object') return 'an object';
  const text = String(given);
  return `\`${text.length > 60 ? `${text.slice(0, 59)}…` : text}\``;
}

function wrongType(shape: ParamShape, given: unknown): Converted {
  return wrong('wrong-type', `must be ${wanted[shape.type]}, not ${shown(given)}`);
}

function wrong(fault: Fault, message: string): Converted {
  return { ok: false, fault, at: [], message };
}

function right(value: Value): Converted {
  return { ok: true, value };
}
