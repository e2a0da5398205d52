// Types and values of the operators. All numbers are doubles; an integer that would no longer be exact is an error.

import { Duration, Timestamp, type Value } from '../base/index.ts';
import type { Budget } from './budget.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { ValueType } from './expression.ts';
import { describeValue, isList, isMap } from './runtime.ts';
import { isListType, isMapType, isObjectType, joinTypes } from './types.ts';

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'in';

/** The type of `left operator right`, or undefined when the operator does not take these. */
export function binaryType(
  operator: BinaryOperator,
  left: ValueType,
  right: ValueType,
): ValueType | undefined {
  const isDyn = left === 'dyn' || right === 'dyn';
  switch (operator) {
    case '==':
    case '!=':
      return joinTypes(left, right) === undefined ? undefined : 'bool';
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isDyn
        ? [left, right].every((type) => type === 'dyn' || isOrdered(type))
          ? 'bool'
          : undefined
        : left === right && isOrdered(left)
          ? 'bool'
          : undefined;
    case 'in':
      if (right === 'dyn') return 'bool';
      if (isListType(right)) return joinTypes(left, right.list) === undefined ? undefined : 'bool';
      return (isMapType(right) || isObjectType(right)) && (left === 'string' || left === 'dyn')
        ? 'bool'
        : undefined;
    case '+':
      if (isDyn) return isAddable(left) && isAddable(right) ? 'dyn' : undefined;
      if (left === right && (left === 'double' || left === 'string' || left === 'duration')) return left;
      if ((left === 'timestamp' && right === 'duration') || (left === 'duration' && right === 'timestamp'))
        return 'timestamp';
      return isListType(left) && isListType(right) ? joinTypes(left, right) : undefined;
    case '-':
      if (left === 'timestamp' && right === 'dyn') return 'dyn';
      if (isDyn) return isSubtractable(left) && isSubtractable(right) ? 'dyn' : undefined;
      if (left === right && (left === 'double' || left === 'duration')) return left;
      if (left === 'timestamp')
        return right === 'timestamp' ? 'duration' : right === 'duration' ? left : undefined;
      return undefined;
    case '*':
    case '/':
    case '%':
      return [left, right].every((type) => type === 'dyn' || type === 'double') ? 'double' : undefined;
  }
}

function isOrdered(type: ValueType): boolean {
  return type === 'double' || type === 'string' || type === 'timestamp' || type === 'duration';
}

function isAddable(type: ValueType): boolean {
  return type === 'dyn' || isOrdered(type) || isListType(type);
}

function isSubtractable(type: ValueType): boolean {
  return type === 'dyn' || type === 'double' || type === 'timestamp' || type === 'duration';
}

/** Fails when the operator does not take these values, or the result is not exact. */
export function applyBinary(operator: BinaryOperator, left: Value, right: Value, budget: Budget): Value {
  switch (operator) {
    case '==':
      return isEqual(left, right, budget);
    case '!=':
      return !isEqual(left, right, budget);
    case '<':
      return compare(operator, left, right, budget) < 0;
    case '<=':
      return compare(operator, left, right, budget) <= 0;
    case '>':
      return compare(operator, left, right, budget) > 0;
    case '>=':
      return compare(operator, left, right, budget) >= 0;
    case 'in':
      if (isList(right)) return right.some((item) => isEqual(left, item, budget));
      if (isMap(right) && typeof left === 'string') return Object.hasOwn(right, left);
      break;
    case '+':
      if (typeof left === 'string' && typeof right === 'string') {
        // Charged before it is made.
        budget.spend((left.length + right.length) / 64);
        return budget.text(left + right);
      }
      if (isList(left) && isList(right)) return budget.list([...left, ...right]);
      if (left instanceof Duration && right instanceof Duration)
        return new Duration(exact(left.ms + right.ms));
      if (left instanceof Timestamp && right instanceof Duration) return instant(left.epochMs + right.ms);
      if (left instanceof Duration && right instanceof Timestamp) return instant(left.ms + right.epochMs);
      break;
    case '-':
      if (left instanceof Duration && right instanceof Duration)
        return new Duration(exact(left.ms - right.ms));
      if (left instanceof Timestamp && right instanceof Duration) return instant(left.epochMs - right.ms);
      if (left instanceof Timestamp && right instanceof Timestamp)
        return new Duration(exact(left.epochMs - right.epochMs));
      break;
    case '*':
    case '/':
    case '%':
  }
  if (typeof left === 'number' && typeof right === 'number') return calculate(operator, left, right);
  throw new EvaluationError(`\`${operator}\` cannot take ${describeValue(left)} and ${describeValue(right)}`);
}

function calculate(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return exact(left + right, left, right);
    case '-':
      return exact(left - right, left, right);
    case '*':
      return exact(left * right, left, right);
    default:
      if (right === 0) throw new EvaluationError('it divides by zero');
      return exact(operator === '/' ? left / right : left % right, left, right);
  }
}

/** Fails when a result of whole numbers is no longer exact, or is not a number at all. */
function exact(result: number, ...operands: readonly number[]): number {
  if (!Number.isFinite(result)) throw new EvaluationError('its result is not a finite number');
  if (operands.every(Number.isInteger) && Number.isInteger(result) && !Number.isSafeInteger(result))
    throw new EvaluationError('its result is an integer over 2^53, which would be rounded');
  return result;
}

function instant(epochMs: number): Timestamp {
  if (Number.isNaN(new Date(epochMs).getTime()))
    throw new EvaluationError('its result is out of the range of time');
  return new Timestamp(epochMs);
}

function compare(operator: string, left: Value, right: Value, budget: Budget): number {
  if (typeof left === 'string' && typeof right === 'string') {
    budget.spend(Math.min(left.length, right.length) / 64);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left instanceof Timestamp && right instanceof Timestamp) return left.epochMs - right.epochMs;
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms;
  throw new EvaluationError(
    `\`${operator}\` cannot compare ${describeValue(left)} with ${describeValue(right)}`,
  );
}

/** By value; different kinds are unequal. */
function isEqual(left: Value, right: Value, budget: Budget): boolean {
  budget.spend(1);
  if (left === right) {
    if (typeof left === 'string') budget.spend(left.length / 64);
    return true;
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Timestamp) return right instanceof Timestamp && left.epochMs === right.epochMs;
  if (left instanceof Duration) return right instanceof Duration && left.ms === right.ms;
  if (left instanceof Uint8Array) {
    if (!(right instanceof Uint8Array)) return false;
    budget.spend(left.length / 64);
    return Buffer.compare(left, right) === 0;
  }
  if (isList(left))
    return (
      isList(right) &&
      left.length === right.length &&
      left.every((item, index) => isEqual(item, right[index] ?? null, budget))
    );
  if (!isMap(left) || !isMap(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key] ?? null, right[key] ?? null, budget))
  );
}
