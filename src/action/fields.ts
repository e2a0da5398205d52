// The field kinds that the actions' schemas are built from, each with the description an editor shows.
// Plain JSON Schema with one addition: `format` names the kinds that JSON lacks. It is a mark for the
// expression types and the editor, never checked by the validator (switch `validateFormats` off):
//   timestamp · duration · size (a number of bytes) · path · identifier · sql · target
// Defaults are applied by the actions and stated in the descriptions.

import {
  type Static,
  type TObject,
  type TObjectOptions,
  type TProperties,
  type TSchema,
  Type,
} from 'typebox';
import { type Duration, durationPattern, sizePattern, type Timestamp } from '../base/index.ts';

/** The schema of a `with` or of anything nested in one: unknown keys are errors. */
export function inputs<P extends TProperties>(properties: P, options: TObjectOptions = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/** The schema of outputs: what expressions may read as `steps.id.name` and `self.name`. */
export function outputs<P extends TProperties>(properties: P, options: TObjectOptions = {}): TObject<P> {
  return Type.Object(properties, options);
}

export const optional = Type.Optional;

/** The name of a target of this runbook. */
export function target(description = 'Name of a target that this runbook declares under `targets`.') {
  return Type.String({ description, format: 'target', pattern: '^[a-z][a-zA-Z0-9]*$', examples: ['db'] });
}

export function targetList(description: string) {
  return Type.Array(Type.String({ format: 'target', pattern: '^[a-z][a-zA-Z0-9]*$' }), {
    description,
    uniqueItems: true,
    examples: [['db']],
  });
}

/** A length of time, written `90d` or given by an expression. */
export function duration(description: string, examples: readonly string[] = ['30s', '5m', '90d']) {
  return Type.Unsafe<Duration | string>({
    type: 'string',
    format: 'duration',
    pattern: durationPattern,
    description,
    examples: [...examples],
  });
}

/** An instant, ISO 8601, or given by an expression. */
export function timestamp(description: string) {
  return Type.Unsafe<Timestamp | string>({
    type: 'string',
    format: 'timestamp',
    description,
    examples: ['2026-01-05T14:30:00Z', '${{ now }}'],
  });
}

/** A number of bytes, or text with a unit. */
export function size(description: string, examples: readonly string[] = ['64MiB', '1GB']) {
  return Type.Unsafe<number | string>({
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: sizePattern },
    ],
    format: 'size',
    description,
    examples: [...examples],
  });
}

/** A path; relative ones are made absolute (from the project) before the action sees them. */
export function path(description: string, examples: readonly string[] = ['./archives']) {
  return Type.String({ format: 'path', minLength: 1, description, examples: [...examples] });
}

/** The name of a table, column or index: checked against the live schema, quoted by the action. */
export function identifier(description: string, examples: readonly string[] = ['sessions']) {
  return Type.String({ format: 'identifier', minLength: 1, description, examples: [...examples] });
}

export function text(description: string, examples: readonly string[] = []) {
  return Type.String({ description, ...(examples.length > 0 ? { examples: [...examples] } : {}) });
}

export function flag(description: string) {
  return Type.Boolean({ description });
}

export function count(description: string, minimum = 0) {
  return Type.Integer({ minimum, description });
}

/** A part of a whole, 0 to 1. */
export function share(description: string, examples: readonly number[] = [0.25, 0.5]) {
  return Type.Number({ minimum: 0, maximum: 1, description, examples: [...examples] });
}

export function choice<const T extends readonly string[]>(values: T, description: string) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description });
}

export function sqlText(description: string, examples: readonly string[] = []) {
  return Type.String({ format: 'sql', minLength: 1, description, examples: [...examples] });
}

/** What may be bound to a parameter: booleans become 0 and 1. */
export type BoundValue = null | boolean | number | string | Uint8Array;

/** Values for `:name` parameters of SQL. */
export function sqlParams() {
  return Type.Unsafe<Readonly<Record<string, BoundValue>>>({
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
    additionalProperties: { type: ['null', 'boolean', 'number', 'string'] },
    description:
      'Values for the `:name` parameters of the SQL, bound, never pasted into it. Booleans are bound as 0 and 1. An instant or a duration must say how the column keeps time: `sqlTime(t)`, `iso(t)`, `unixSeconds(t)` or `unixMillis(t)`.',
    examples: [{ cutoff: '${{ sqlTime(now - params.olderThan) }}' }],
  });
}

/** Identifiers for `"$name"` placeholders of SQL. */
export function names() {
  return Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
    additionalProperties: { type: 'string', format: 'identifier', minLength: 1 },
    description:
      'Names of tables or columns for the `"$name"` placeholders of the SQL: checked against the live schema and quoted, never pasted.',
    examples: [{ table: '${{ params.table }}' }],
  });
}

/** How many backups stay. At least one rule; the newest verified backup always stays. */
export function keepPolicy(description = 'Which backups of the target stay; the others are removed.') {
  const rule = (of: string) => optional(count(`Keep the newest backup of each of the last N ${of}.`, 1));
  return inputs(
    {
      last: optional(count('Keep the newest N backups.', 1)),
      hourly: rule('hours that have one'),
      daily: rule('days that have one'),
      weekly: rule('weeks that have one'),
      monthly: rule('months that have one'),
      yearly: rule('years that have one'),
      within: optional(duration('Keep everything younger than this.', ['7d', '30d'])),
    },
    {
      minProperties: 1,
      description: `${description} A backup stays when any rule keeps it; the newest verified one always stays.`,
      examples: [{ last: 30 }, { daily: 7, weekly: 4, monthly: 12 }],
    },
  );
}

/** A backup as expressions see it. */
export function backup(description: string) {
  return outputs(
    {
      id: text('Id of the backup, such as `bak-20261121-031512-k3f9`.'),
      target: text('Name of the target that it was taken of.'),
      createdAt: timestamp('When it was taken.'),
      path: path('Folder of the backup in its store.'),
      label: Type.Union([Type.String(), Type.Null()], { description: 'Label given when it was taken.' }),
    },
    { description },
  );
}

/** A backup value, or the id of one. */
export function backupRef(description: string) {
  return Type.Unsafe<string | { readonly id: string }>({
    anyOf: [
      { type: 'string', pattern: '^bak-[0-9]{8}-[0-9]{6}-[a-z0-9]{4}$' },
      {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string', description: 'Id of the backup.' } },
      },
    ],
    description,
    examples: ['${{ steps.backup.backup }}', 'bak-20261121-031512-k3f9'],
  });
}

export function list<T extends TSchema>(items: T, description: string, options: TObjectOptions = {}) {
  return Type.Array(items, { description, ...options });
}

/** Names to values of one kind, such as tables to row counts. */
export function mapOf<T extends TSchema>(values: T, description: string) {
  return Type.Unsafe<Readonly<Record<string, Static<T>>>>({
    type: 'object',
    additionalProperties: values,
    description,
  });
}

/** A row of a query: column to value. */
export function row(description: string) {
  return Type.Unsafe<Readonly<Record<string, BoundValue>>>({
    type: 'object',
    additionalProperties: true,
    description,
  });
}

export function anything<T>(description: string) {
  return Type.Unsafe<T>({ description });
}

/** Headers of an HTTP request. */
export function headers() {
  return Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    propertyNames: { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
    additionalProperties: { type: 'string', pattern: '^[^\\r\\n\\u0000]*$' },
    description: 'Headers of the request.',
    examples: [{ Authorization: '${{ secrets.token }}' }],
  });
}
