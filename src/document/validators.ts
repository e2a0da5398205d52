// Loads the validators that `scripts/build.ts` compiles ahead from the schemas: each file only when it is needed,
// because parsing them costs more than validating. They lie beside this module, in `src/` and in `dist/` alike.

import { createRequire } from 'node:module';
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

export type SchemaSet = 'runbook' | 'project' | 'with' | 'inputs';

const load = createRequire(import.meta.url);

/** Validators by name: of an action for `with` and `inputs`, else the one of the file kind. */
export function validatorsOf(set: SchemaSet): Readonly<Record<string, Validator>> {
  return (load(`./validators/${set}.generated.js`) as { validators: Record<string, Validator> }).validators;
}

/** The schemas themselves, to say what a schema allows; loaded only when there is an error to explain. */
export function schemaOf(set: SchemaSet, name: string): JsonObject {
  const { schemas } = load('./validators/schemas.generated.js') as {
    schemas: Record<SchemaSet, Record<string, JsonObject>>;
  };
  return schemas[set][name] ?? {};
}
