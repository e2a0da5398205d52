// The pieces that the schemas of all file kinds are built from. Plain JSON Schema 2020-12 with two annotations:
// `errorMessage` says a rule in words (editors show it too), `x-at` names the keys that a broken rule points at.
// Used when schemas are assembled; validation at run time does not load it.

import { durationPattern, type JsonObject, sizePattern } from '../base/index.ts';

export type Schema = JsonObject;

/** Ids of steps, params, targets, outputs. */
export const idPattern = '^(?!(?:constructor|prototype)$)[a-z][a-zA-Z0-9]*$';
/** Names of runbooks, stores, environments, catalogue targets. */
export const namePattern = '^[a-z][a-z0-9-]*$';
/** Names in belay.yaml that files and hosts may already have. */
export const catalogueNamePattern = '^(?!(?:constructor|prototype)$)[a-zA-Z][a-zA-Z0-9_-]*$';
/** `NAME`, or `RUNBOOK/NAME`. */
export const scopedNamePattern = '^([a-z][a-z0-9-]*/)?(?!(?:constructor|prototype)$)[a-zA-Z][a-zA-Z0-9_-]*$';
const instantPattern =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?Z$';
export const expressionPattern = '^\\s*\\$\\{\\{[\\s\\S]*\\}\\}\\s*$';

const idRule =
  'must be letters and digits beginning with a small letter, such as `deleteOld`, and not `constructor` or `prototype`';
const nameRule = 'must be small letters, digits and `-` beginning with a letter, such as `daily-maintenance`';
const durationRule = 'must be a duration such as `30s`, `5m` or `90d`';
const sizeRule = 'must be a size such as `64MiB`, `1GB` or a number of bytes';
const expressionRule = 'must be one whole expression `${{ … }}`';

export function text(description: string, examples: readonly string[] = []): Schema {
  return { type: 'string', description, ...(examples.length > 0 ? { examples } : {}) };
}

/** Text that must not be empty. */
export function line(description: string, examples: readonly string[] = []): Schema {
  return { ...text(description, examples), minLength: 1 };
}

export function id(description: string): Schema {
  return { type: 'string', pattern: idPattern, errorMessage: idRule, description };
}

export function name(description: string, examples: readonly string[] = []): Schema {
  return { ...text(description, examples), pattern: namePattern, errorMessage: nameRule };
}

export function duration(description: string, examples: readonly string[] = ['30s', '5m', '1h']): Schema {
  return { ...text(description, examples), pattern: durationPattern, errorMessage: durationRule };
}

export function size(description: string, examples: readonly string[] = ['64MiB', '1GB']): Schema {
  return {
    type: ['integer', 'string'],
    minimum: 0,
    pattern: sizePattern,
    errorMessage: sizeRule,
    description,
    examples,
  };
}

export function expression(description: string, examples: readonly string[] = []): Schema {
  return { ...text(description, examples), pattern: expressionPattern, errorMessage: expressionRule };
}

export function flag(description: string): Schema {
  return { type: 'boolean', description };
}

export function integer(description: string, minimum: number, maximum?: number): Schema {
  return { type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }), description };
}

export function choice(values: readonly string[], description: string): Schema {
  return { type: 'string', enum: values, description };
}

export function list(items: Schema, description: string, more: Schema = {}): Schema {
  return { type: 'array', items, description, ...more };
}

/** Unknown keys are errors. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  description: string,
  more: {
    required?: readonly string[];
    allOf?: readonly Schema[];
    minProperties?: number;
    examples?: readonly JsonObject[];
  } = {},
): Schema {
  return { type: 'object', description, properties, additionalProperties: false, ...more };
}

/** Names of the user's choice to values of one shape. */
export function mapOf(
  values: Schema,
  description: string,
  names: 'id' | 'name' | 'output' | 'catalogue' | 'scoped' | 'any' = 'id',
  more: Schema = {},
): Schema {
  const rules = {
    id: { pattern: idPattern, errorMessage: idRule },
    name: { pattern: namePattern, errorMessage: nameRule },
    output: {
      allOf: [
        { pattern: idPattern, errorMessage: idRule },
        {
          not: { enum: ['state', 'error', 'attempts', 'items'] },
          errorMessage: 'belongs to every step: choose another',
        },
      ],
    },
    catalogue: {
      pattern: catalogueNamePattern,
      errorMessage: 'must be letters, digits, `-` and `_` beginning with a letter, such as `nerve`',
    },
    scoped: {
      pattern: scopedNamePattern,
      errorMessage: 'must be a name such as `db`, or with its runbook, such as `daily-maintenance/db`',
    },
  };
  return {
    type: 'object',
    description,
    ...(names === 'any' ? {} : { propertyNames: rules[names] }),
    additionalProperties: values,
    ...more,
  };
}

/** A text of one kind, or a mapping: each gets its own exact errors. */
export function wordOr(words: readonly string[], mapping: Schema, description: string): Schema {
  return {
    description,
    if: { type: 'object' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: mapping,
    else: {
      type: 'string',
      enum: words,
      errorMessage: `must be ${words.map((word) => `\`${word}\``).join(' or ')} or a mapping`,
    },
  };
}

/** A rule between keys: `broken` matches what must not be. */
export function rule(broken: Schema, errorMessage: string, at: readonly string[] = []): Schema {
  return { not: broken, errorMessage, 'x-at': at };
}

export const has = (...keys: string[]): Schema => ({ required: keys });
export const lacks = (...keys: string[]): Schema => ({
  allOf: keys.map((key) => ({ not: { required: [key] } })),
});
export const both = (...parts: Schema[]): Schema => ({ allOf: parts });

/** Not both of two keys. */
export function exclusive(a: string, b: string, why: string): Schema {
  return rule(has(a, b), `\`${a}\` and \`${b}\` exclude each other: ${why}`, [b]);
}

/** Retention, as restic means it. */
export function keep(description: string): Schema {
  const each = (of: string) =>
    integer(`Keep the newest backup of each of the last N ${of} that have one.`, 1);
  return object(
    {
      last: integer('Keep the newest N backups.', 1),
      hourly: each('hours'),
      daily: each('days'),
      weekly: each('weeks'),
      monthly: each('months'),
      yearly: each('years'),
      within: duration('Keep everything younger than this.', ['7d', '30d']),
    },
    `${description} A backup stays when any rule keeps it; the newest verified one always stays.`,
    { minProperties: 1, examples: [{ last: 30 }, { daily: 7, weekly: 4, monthly: 12 }] },
  );
}

/** An instant in UTC. */
export function instant(description: string): Schema {
  return {
    ...text(description, ['2026-01-31T22:00:00Z']),
    pattern: instantPattern,
    errorMessage: 'must be an instant in UTC such as `2026-01-31T22:00:00Z`',
  };
}

/** What stands for a database. */
export function fixture(): Schema {
  return {
    description:
      'An SQL file (`.sql`) or a database, relative to this file; or `{sql: …}`; or `{absent: true}`: no file is there.',
    if: { type: 'object' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      ...object(
        {
          sql: line('Statements that make the database.', ['CREATE TABLE items(id INTEGER PRIMARY KEY);']),
          absent: { const: true, description: 'No file is there.' },
        },
        'The content itself, or that there is none.',
      ),
      minProperties: 1,
      maxProperties: 1,
      errorMessage: 'must have one key: `sql`, or `absent`',
    },
    else: {
      ...line('A file.', ['./test/app.sql']),
      errorMessage: 'must be a file, `{sql: …}` or `{absent: true}`',
    },
  };
}

/** Backups of one target. */
export function backups(): Schema {
  return list(
    object(
      {
        from: fixture(),
        at: instant('When it was taken.'),
        label: line('Its label.'),
      },
      'A backup that is there beforehand. The id of the n-th is `bak-YYYYMMDD-HHMMSS-000n`, of its `at`.',
      { required: ['from', 'at'] },
    ),
    'Backups of this target.',
    { minItems: 1 },
  );
}
