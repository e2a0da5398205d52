// Values as the evaluator sees them, and what kind each is.

import { Duration, Timestamp, type Value } from '../base/index.ts';
import { EvaluationError } from './evaluation-error.ts';
import { isListType, isOptionalType, type Type } from './types.ts';

/** What `.?` gives: a value, or nothing. Never leaves an evaluation. */
export class Optional {
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export type RuntimeValue = Value | Optional;
export type ValueMap = Readonly<Record<string, Value>>;

export function isList(value: RuntimeValue): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: RuntimeValue): value is ValueMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value of the host that may not be one of ours: big integers that are exact become numbers. */
export function admit(value: unknown): Value {
  switch (typeof value) {
    case 'bigint': {
      const number = Number(value);
      if (!Number.isSafeInteger(number))
        throw new EvaluationError('an integer is over 2^53 and would be rounded');
      return number;
    }
    case 'number':
    case 'string':
    case 'boolean':
      return value;
    case 'undefined':
      return null;
  }
  const known = value as RuntimeValue;
  if (
    known === null ||
    known instanceof Timestamp ||
    known instanceof Duration ||
    known instanceof Uint8Array ||
    isList(known) ||
    isMap(known)
  )
    return known;
  throw new EvaluationError('a value is of a kind that expressions do not know');
}

export function describeValue(value: RuntimeValue): string {
  if (value instanceof Optional) return 'a value that may be missing';
  if (value === null) return 'null';
  if (value instanceof Timestamp) return 'a timestamp';
  if (value instanceof Duration) return 'a duration';
  if (value instanceof Uint8Array) return 'bytes';
  if (isList(value)) return 'a list';
  switch (typeof value) {
    case 'boolean':
      return 'true or false';
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    default:
      return 'a map';
  }
}

/** True when `value` is of `type`, as far as one look tells: elements of lists and maps are not looked at. */
export function isOfType(value: RuntimeValue, type: Type): boolean {
  if (value instanceof Optional) return isOptionalType(type);
  if (isOptionalType(type)) return false;
  if (typeof type === 'object') return isListType(type) ? isList(value) : isMap(value);
  switch (type) {
    case 'dyn':
      return true;
    case 'null':
      return value === null;
    case 'bool':
      return typeof value === 'boolean';
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'timestamp':
      return value instanceof Timestamp;
    case 'duration':
      return value instanceof Duration;
  }
}
