// Compiles the validators ahead: JSON Schema → standalone code of ajv → one minified file for each.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { actions } from '../../src/action/index.ts';
import type { JsonObject } from '../../src/base/index.ts';
import { testSchema } from '../../src/drill/test/schema.ts';
import { projectSchema } from '../../src/project/schema.ts';
import { runbookStructure } from '../../src/runbook/schema.ts';
import { resolvedSchema, writtenSchema } from '../../src/runbook/with-schema.ts';

type Schemas = Readonly<Record<string, JsonObject>>;

export function schemaSets(): Readonly<Record<'runbook' | 'project' | 'test' | 'with' | 'inputs', Schemas>> {
  const each = (make: (declared: unknown) => JsonObject): Schemas =>
    Object.fromEntries([...actions.values()].map((action) => [action.name, make(action.with)]));
  return {
    runbook: { runbook: runbookStructure() },
    project: { project: projectSchema() },
    test: { test: testSchema() },
    with: each(writtenSchema),
    inputs: each(resolvedSchema),
  };
}

export function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    inlineRefs: false,
    allowUnionTypes: true,
    validateFormats: false,
    messages: false,
    code: { source: true, esm: true, optimize: 2 },
  });
  ajv.addVocabulary(['errorMessage', 'x-at']);
  return ajv;
}

/** Writes `<set>/<name>.generated.js` for each schema, and the schemas themselves. */
export async function writeValidators(folder: string): Promise<void> {
  const sets = schemaSets();
  for (const [set, schemas] of Object.entries(sets)) {
    mkdirSync(`${folder}/${set}`, { recursive: true });
    for (const file of readdirSync(`${folder}/${set}`))
      if (!Object.hasOwn(schemas, file.replace('.generated.js', ''))) rmSync(`${folder}/${set}/${file}`);
  }
  for (const [set, schemas] of Object.entries(sets)) {
    for (const [name, schema] of Object.entries(schemas)) {
      const ajv = createAjv();
      const key = `urn:${set}:${name}`;
      addWithDefinitions(ajv, schema, key);
      await build({
        stdin: { contents: standaloneCode(ajv, { validate: key }), resolveDir: process.cwd() },
        outfile: `${folder}/${set}/${name}.generated.js`,
        bundle: true,
        minify: true,
        format: 'esm',
        platform: 'node',
        target: 'node24',
        logLevel: 'warning',
      });
    }
  }
  const text = JSON.stringify(JSON.stringify(sets));
  writeFileSync(`${folder}/schemas.generated.js`, `export const schemas = JSON.parse(${text});\n`);
}

// The types of ajv describe its CommonJS form, in which the function is the module itself.
const standaloneCode = standalone as unknown as (ajv: Ajv2020, names: Record<string, string>) => string;

/**
 * Each definition becomes a schema of its own that knows its path: ajv compiles a `$ref` as a function whose errors
 * would otherwise have paths from the definition, and nobody could tell from which.
 */
function addWithDefinitions(ajv: Ajv2020, schema: JsonObject, key: string): void {
  const { $defs = {}, $schema: _dialect, ...root } = schema;
  const absolute = (part: JsonObject): JsonObject =>
    JSON.parse(JSON.stringify(part).replaceAll('"$ref":"#/$defs/', `"$ref":"${key}:`)) as JsonObject;
  for (const [name, definition] of Object.entries($defs as Readonly<Record<string, JsonObject>>)) {
    ajv.addSchema({ ...absolute(definition), $id: `${key}:${name}` });
    Object.assign(ajv.schemas[`${key}:${name}`] ?? {}, { schemaPath: `#/$defs/${name}` });
  }
  ajv.addSchema({ ...absolute(root), $id: key });
}
