// The canonical order of keys: that in which the schema of a file declares them. Keys that people choose (names of params,
// of targets, of outputs) stay as they are written.

import { isRecord, type JsonObject } from '../../base/index.ts';

/** A schema, and the one that its references start from. */
export interface Branch {
  readonly schema: JsonObject;
  readonly root: JsonObject;
}

/** The declared keys of a mapping, in order; empty where people choose them. */
export function declaredKeys(branches: readonly Branch[]): string[] {
  return [
    ...new Set(
      branches.flatMap(({ schema }) => (isRecord(schema.properties) ? Object.keys(schema.properties) : [])),
    ),
  ];
}

/** What is said of the value of a key, or with `undefined` of the items of a list. */
export function below(branches: readonly Branch[], key: string | undefined): Branch[] {
  return branches.flatMap(({ schema, root }) => {
    const { properties, additionalProperties, items } = schema;
    const declared = key !== undefined && isRecord(properties) ? properties[key] : undefined;
    const next = key === undefined ? items : (declared ?? additionalProperties);
    return isRecord(next) ? expand({ schema: next as JsonObject, root }) : [];
  });
}

/** A schema with all that it may refer to: which of them holds does not matter for the order of keys. */
export function expand({ schema, root }: Branch, depth = 0): Branch[] {
  if (depth > deepest) return [];
  const further = [
    referred(schema.$ref, root),
    ...[schema.then, schema.else],
    ...[schema.allOf, schema.anyOf, schema.oneOf].flatMap((each) => (Array.isArray(each) ? each : [])),
  ];
  return [
    { schema, root },
    ...further.flatMap((each) =>
      isRecord(each) ? expand({ schema: each as JsonObject, root }, depth + 1) : [],
    ),
  ];
}

const deepest = 8;

function referred(reference: unknown, root: JsonObject): unknown {
  const name = typeof reference === 'string' ? /^#\/\$defs\/(.+)$/.exec(reference)?.[1] : undefined;
  return name === undefined || !isRecord(root.$defs) ? undefined : root.$defs[name];
}
