// Stands in for typebox in the bundle: the same JSON Schemas without the library, which costs 10 ms at every start.
// Only what `src/action/` uses; `test/scripts/plain-type.test.ts` compares every declaration with typebox's own.

type Schema = Record<string, unknown>;

const isOptional = Symbol('optional');

const typed =
  (type: string) =>
  (options: Schema = {}): Schema => ({ type, ...options });

export const Type = {
  String: typed('string'),
  Number: typed('number'),
  Integer: typed('integer'),
  Boolean: typed('boolean'),
  Null: typed('null'),
  Array: (items: Schema, options: Schema = {}): Schema => ({ type: 'array', items, ...options }),
  Union: (anyOf: Schema[], options: Schema = {}): Schema => ({ anyOf, ...options }),
  Unsafe: (schema: Schema): Schema => ({ ...schema }),
  Optional: (schema: Schema): Schema => ({ ...schema, [isOptional]: true }),
  Object(properties: Record<string, Schema>, options: Schema = {}): Schema {
    const required = Object.keys(properties).filter(
      (key) => !properties[key]?.[isOptional as unknown as string],
    );
    return { type: 'object', ...(required.length > 0 ? { required } : {}), properties, ...options };
  },
};
