// Loads the validators that `scripts/build.ts` compiles ahead from the schemas: each file only when it is needed,
// because parsing them costs more than validating. They lie beside this module, in `src/` and in `dist/` alike.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../base/index.ts';

/** An error of ajv, as much of it as is used. */
export interface SchemaError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when the error is about the name of a key. */
  readonly propertyName?: string;
}

export interface Validator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

export type SchemaSet = 'runbook' | 'project' | 'test' | 'with' | 'inputs';

const load = createRequire(import.meta.url);

/** The validator of an action (`with`, `inputs`) or of a file kind; undefined when there is none of that name. */
export function validatorOf(set: SchemaSet, name: string): Validator | undefined {
  // The name comes from a file: nothing but a name may become a path.
  if (!/^[a-z]+(\.[a-zA-Z]+)?$/.test(name)) return undefined;
  const path = fileURLToPath(new URL(`./validators/${set}/${name}.generated.js`, import.meta.url));
  if (!existsSync(path)) return undefined;
  return (load(path) as { validate: Validator }).validate;
}

/** The schemas by name, to say what a schema allows; loaded only when there is an error to explain. */
export function schemasOf(set: SchemaSet): Readonly<Record<string, JsonObject>> {
  const { schemas } = load('./validators/schemas.generated.js') as {
    schemas: Record<SchemaSet, Record<string, JsonObject>>;
  };
  return schemas[set];
}
