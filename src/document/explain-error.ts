// Errors of the schema validator, one per real fault, in words: what is expected, what was found, the nearest name.
// Knows JSON Schema, nothing of runbooks.

import { formatCount, isRecord, type JsonObject, nearestName } from '../base/index.ts';
import { type Code, escapeLine } from '../diagnostic/index.ts';
import type { Path } from './document.ts';
import type { SchemaError } from './validators.ts';

/** A fault of a value, without a place in a file. */
export interface SchemaProblem {
  readonly code: Code;
  readonly path: Path;
  /** The fault is the key at `path`, not its value. */
  readonly isAtKey: boolean;
  readonly message: string;
  readonly fix?: string;
  /** The known key that an unknown one was probably meant to be. */
  readonly meant?: string;
}

/** What was validated, and where it lies. */
export interface Subject {
  readonly schema: JsonObject;
  /** The whole document, or the one value that was validated. */
  readonly value: unknown;
  /** Path of the validated value inside `value`. */
  readonly base: Path;
}

/** What the errors of one validation say; paths are inside `subject.value`. */
export function explainErrors(errors: readonly SchemaError[], subject: Subject): SchemaProblem[] {
  const problems = new Map<string, SchemaProblem>();
  for (const error of errors) {
    const problem = explainError(error, subject);
    // A value of the wrong type breaks several rules at once; the first one said is the cause.
    const at =
      problem &&
      `${problem.path.join('/')}:${problem.code === 'document/conflicting-keys' ? problem.message : ''}`;
    if (problem && at !== undefined && !problems.has(at)) problems.set(at, problem);
  }
  // A mistyped required key is one fault: it is unknown, and nothing is missing once it is corrected.
  const meant = new Set(
    [...problems.values()].map(({ path, meant }) => meant && [...path.slice(0, -1), meant].join('/')),
  );
  return [...problems.values()].filter(
    ({ code, path }) => code !== 'document/missing-key' || !meant.has(path.join('/')),
  );
}

function explainError(error: SchemaError, { schema: root, value, base }: Subject): SchemaProblem | undefined {
  const path = [...base, ...parsePointer(error.instancePath)];
  const schema = parentSchema(error.schemaPath, root);
  const found = valueAt(value, path);
  // A value written where a secret's source belongs may be the secret itself.
  const shown = path[0] === 'secrets' && typeof found === 'string' ? 'a text' : describeValue(found);
  const rule = typeof schema.errorMessage === 'string' ? schema.errorMessage : undefined;
  const subject = nameOf(path, value);

  if (error.propertyName !== undefined) {
    const message = `the name \`${escapeLine(error.propertyName)}\` ${rule ?? 'is not allowed here'}`;
    return { code: 'document/bad-format', path: [...path, error.propertyName], isAtKey: true, message };
  }
  const at = { path, isAtKey: false };
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      const allowed = Object.keys(isRecord(schema.properties) ? schema.properties : {});
      const near = nearestName(
        key,
        allowed.filter((name) => !isRecord(found) || !(name in found)),
      );
      return {
        code: 'document/unknown-key',
        path: [...path, key],
        isAtKey: true,
        message: `unknown key \`${escapeLine(key)}\` in ${nameOf(path, value)}`,
        ...(near
          ? { fix: `did you mean \`${near}\`?`, meant: near }
          : { fix: `allowed: ${allowed.join(', ')}` }),
      };
    }
    case 'required': {
      const key = String(error.params.missingProperty);
      const wanted = isRecord(schema.properties) ? schema.properties[key] : undefined;
      const example = isRecord(wanted) ? exampleOf(wanted) : undefined;
      return {
        code: 'document/missing-key',
        path: [...path, key],
        isAtKey: true,
        message: `${nameOf(path, value)} needs the key \`${key}\``,
        fix: `add \`${key}:${example === undefined ? '' : ` ${example}`}\``,
      };
    }
    case 'type':
    case 'pattern':
      return {
        ...at,
        code: error.keyword === 'type' ? 'document/wrong-type' : 'document/bad-format',
        message: `${subject} ${rule ?? (error.keyword === 'type' ? `must be ${typeWords(error.params.type)}` : 'is not in the right form')}; found ${shown}`,
        ...typeFix(error, found, rule),
      };
    case 'enum':
    case 'const': {
      const allowed = (
        error.keyword === 'const' ? [error.params.allowedValue] : error.params.allowedValues
      ) as unknown[];
      const near = typeof found === 'string' ? nearestName(found, allowed.map(String)) : undefined;
      const said = allowed.map((word) => `\`${word}\``);
      return {
        ...at,
        code: 'document/not-allowed-value',
        message: `${subject} ${rule ?? `must be ${said.length === 1 ? said[0] : `one of ${said.join(', ')}`}`}; found ${shown}`,
        ...(error.keyword === 'const'
          ? { fix: `write \`${allowed[0]}\`` }
          : near
            ? { fix: `did you mean \`${near}\`?` }
            : {}),
      };
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum': {
      const words = { '>=': 'at least', '<=': 'at most', '>': 'more than', '<': 'less than' };
      const comparison = words[error.params.comparison as keyof typeof words];
      return {
        ...at,
        code: 'document/out-of-range',
        message: `${subject} must be ${comparison} ${error.params.limit}; found ${shown}`,
      };
    }
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties': {
      const limit = Number(error.params.limit);
      const unit = error.keyword.endsWith('Length')
        ? 'character'
        : error.keyword.endsWith('Items')
          ? 'item'
          : 'key';
      const isEmptyText = error.keyword.startsWith('min') && limit === 1;
      return {
        ...at,
        code: 'document/out-of-range',
        message: isEmptyText
          ? `${subject} must not be empty`
          : `${subject} must have at ${error.keyword.startsWith('min') ? 'least' : 'most'} ${formatCount(limit, unit)}`,
      };
    }
    case 'uniqueItems': {
      const second = Math.max(Number(error.params.i), Number(error.params.j));
      const item = valueAt(value, [...path, second]);
      return {
        code: 'document/duplicate-item',
        path: [...path, second],
        isAtKey: false,
        message: `${subject} lists ${describeValue(item)} twice`,
        fix: 'remove one of them',
      };
    }
    case 'not': {
      // A value of another type has been said; it has no keys.
      if (!isRecord(found)) return undefined;
      const points = (schema['x-at'] as readonly string[] | undefined) ?? [];
      const key = points.find((name) => name in found);
      return {
        code: 'document/conflicting-keys',
        path: key === undefined ? path : [...path, key],
        isAtKey: key !== undefined,
        message: rule ?? `${subject} has keys that exclude each other`,
      };
    }
    default:
      // `if`, `propertyNames`, `allOf`: the errors inside them say what is wrong.
      return undefined;
  }
}

function typeWords(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text',
    integer: 'a whole number',
    number: 'a number',
    boolean: '`true` or `false`',
    array: 'a list',
    object: 'a mapping',
    null: 'nothing',
  };
  const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== 'null');
  return types.map((one) => words[String(one)] ?? String(one)).join(' or ');
}

function typeFix(error: SchemaError, found: unknown, rule: string | undefined): { fix?: string } {
  const types = [error.params.type].flat();
  if (rule?.includes('expression') && typeof found === 'string' && !found.includes('${{'))
    return { fix: `write \`\${{ ${found.trim()} }}\`` };
  if (error.keyword !== 'type') return {};
  if (rule !== undefined)
    return typeof found === 'number' && /duration/.test(rule) ? { fix: `add the unit: \`${found}s\`` } : {};
  if (types.includes('boolean') && typeof found === 'string') {
    if (/^(yes|on|y)$/i.test(found)) return { fix: 'write `true`' };
    if (/^(no|off|n)$/i.test(found)) return { fix: 'write `false`' };
  }
  if (types.includes('string') && (typeof found === 'number' || typeof found === 'boolean'))
    return { fix: `put quotes around it: "${found}"` };
  if (
    (types.includes('integer') || types.includes('number')) &&
    typeof found === 'string' &&
    /^\d+$/.test(found)
  )
    return { fix: 'remove the quotes' };
  return {};
}

/** The value as a person would call it: its kind, and itself when it is short. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const shown = escapeLine(String(value));
  const short = shown.length > 40 ? `${shown.slice(0, 39)}…` : shown;
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text \`${short}\``;
  return typeof value === 'number' ? `the number \`${short}\`` : `\`${short}\``;
}

/** What a person calls the value at `path`: its key, or its place or id in the list. */
function nameOf(path: Path, value: unknown): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  if (typeof last === 'string') return `\`${escapeLine(last)}\``;
  const item = valueAt(value, path);
  const list = path.at(-2);
  if (isRecord(item) && typeof item.id === 'string')
    return `${list === 'preconditions' ? 'precondition' : 'step'} \`${escapeLine(item.id)}\``;
  return `item ${last + 1}${path.length > 1 ? ` of ${nameOf(path.slice(0, -1), value)}` : ''}`;
}

function exampleOf(schema: Readonly<Record<string, unknown>>): string | undefined {
  const value = schema.const ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined);
  if (typeof value === 'string') return /^[\w./-]+( [\w./-]+)*$/.test(value) ? value : `"${value}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Keys and indexes of a JSON pointer; which it is, the value decides at `valueAt`. */
function parsePointer(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^(0|[1-9]\d*)$/.test(part) ? Number(part) : part));
}

function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isRecord(at) && Object.hasOwn(at, String(step))) at = at[String(step)];
    else return undefined;
  }
  return at;
}

/** The schema that holds the keyword of `#/…/keyword`; a reference inside restarts the path at its definition. */
function parentSchema(schemaPath: string, root: JsonObject): JsonObject {
  const keys = decodeURIComponent(schemaPath.replace(/^[^#]*#/, ''))
    .split('/')
    .slice(1, -1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: unknown = root;
  for (const key of keys) at = Array.isArray(at) ? at[Number(key)] : isRecord(at) ? at[key] : undefined;
  return isRecord(at) ? (at as JsonObject) : {};
}
