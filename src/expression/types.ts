// Types of expressions: comparing, joining and naming them. An optional type lives only inside an expression.

import type { ObjectField, ValueType } from './expression.ts';

export interface OptionalType {
  readonly optional: ValueType;
}
export type Type = ValueType | OptionalType;

export function isOptionalType(type: Type): type is OptionalType {
  return typeof type === 'object' && 'optional' in type;
}

export function isListType(type: Type): type is { readonly list: ValueType } {
  return typeof type === 'object' && 'list' in type;
}

export function isMapType(type: Type): type is { readonly map: ValueType } {
  return typeof type === 'object' && 'map' in type;
}

export function isObjectType(type: Type): type is { readonly object: Readonly<Record<string, ObjectField>> } {
  return typeof type === 'object' && 'object' in type;
}

/** True when a value of type `actual` can stand where `expected` is wanted; `dyn` is decided at run time. */
export function isAssignable(actual: Type, expected: Type): boolean {
  if (actual === 'dyn' || expected === 'dyn') return !isOptionalType(actual) && !isOptionalType(expected);
  if (isOptionalType(actual) && isOptionalType(expected))
    return isAssignable(actual.optional, expected.optional);
  if (isListType(actual) && isListType(expected))
    return actual.list === 'null' || isAssignable(actual.list, expected.list);
  if (isMapType(expected)) {
    if (isMapType(actual)) return isAssignable(actual.map, expected.map);
    return (
      isObjectType(actual) &&
      Object.values(actual.object).every((field) => isAssignable(field.type, expected.map))
    );
  }
  if (isObjectType(expected)) {
    if (isMapType(actual)) return true;
    return (
      isObjectType(actual) &&
      Object.entries(expected.object).every(([name, field]) => {
        const found = actual.object[name];
        return found ? isAssignable(found.type, field.type) : field.isOptional === true;
      })
    );
  }
  return actual === expected;
}

/** The type of a value that is of type `a` or of type `b`, or undefined when nothing sensible is both. */
export function joinTypes(a: ValueType, b: ValueType): ValueType | undefined {
  if (a === 'null') return b;
  if (b === 'null') return a;
  if (a === 'dyn' || b === 'dyn') return 'dyn';
  if (typeof a === 'string' || typeof b === 'string') return a === b ? a : undefined;
  if (isListType(a) && isListType(b)) {
    const element = joinTypes(a.list, b.list);
    return element && { list: element };
  }
  if (isListType(a) || isListType(b)) return undefined;
  if (isObjectType(a) && isObjectType(b)) {
    const names = Object.keys(a.object);
    if (names.length === Object.keys(b.object).length && names.every((name) => Object.hasOwn(b.object, name)))
      return {
        object: Object.fromEntries(
          names.map((name): [string, ObjectField] => {
            const [x, y] = [a.object[name], b.object[name]];
            return [name, { type: joinTypes(x?.type ?? 'dyn', y?.type ?? 'dyn') ?? 'dyn' }];
          }),
        ),
      };
  }
  return { map: 'dyn' };
}

/** For sentences: `a number`, `a list of texts`. */
export function describeType(type: Type): string {
  if (isOptionalType(type)) return `${describeType(type.optional)} that may be missing`;
  if (isListType(type)) return 'a list';
  if (isMapType(type) || isObjectType(type)) return 'a map';
  return words[type];
}

const words = {
  null: 'null',
  bool: 'true or false',
  double: 'a number',
  string: 'a text',
  bytes: 'bytes',
  timestamp: 'a timestamp',
  duration: 'a duration',
  dyn: 'a value known only at run time',
} as const;
