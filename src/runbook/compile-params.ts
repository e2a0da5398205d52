// Params and secrets as declared. A default, bound or pattern that can never work is found here, not in a run.

import { nearestName } from '../base/index.ts';
import type { Path } from '../document/index.ts';
import { checkPattern, wholePattern } from '../expression/index.ts';
import { addFinding, type CompileContext, rawList, rawRecord, rawText } from './compile-context.ts';
import { convertValue, type ParamShape, readBound } from './convert-value.ts';
import { paramType } from './output-type.ts';
import { paramTypes } from './param-types.ts';
import type { Param, ParamType, Secret } from './runbook.ts';

export function compileParams(context: CompileContext, raw: unknown): readonly Param[] {
  return Object.entries(rawRecord(raw)).map(([name, declared]) => {
    const path = ['params', name];
    const record = rawRecord(declared);
    const place = context.document.keyPlace(path);
    const shape = compileShape(context, path, declared);
    const param: Param = {
      ...shape,
      name,
      isRequired: record.required === true,
      description: rawText(record.description) ?? '',
      place,
    };
    if (!('default' in record)) return param;
    checkDefault(context, path, param, record.default);
    return { ...param, default: record.default };
  });
}

export function compileSecrets(context: CompileContext, raw: unknown): readonly Secret[] {
  return Object.entries(rawRecord(raw)).map(([name, declared]) => {
    const { env, file } = rawRecord(declared);
    const place = context.document.keyPlace(['secrets', name]);
    return { name, place, source: typeof env === 'string' ? { env } : { file: rawText(file) ?? '' } };
  });
}

function compileShape(context: CompileContext, path: Path, raw: unknown): ParamShape {
  const record = rawRecord(raw);
  const type = paramTypes.find((each) => each === record.type) ?? 'string';
  const items =
    record.items === undefined ? undefined : compileShape(context, [...path, 'items'], record.items);
  const properties =
    record.properties === undefined
      ? undefined
      : Object.fromEntries(
          Object.keys(rawRecord(record.properties)).map((name) => [
            name,
            compileShape(context, [...path, 'properties', name], rawRecord(record.properties)[name]),
          ]),
        );
  const values = compileEnum(context, path, type, record.enum);
  const shape = {
    type,
    ...(values ? { enum: values } : {}),
    ...(items ? { items: { ...items, place: context.document.place([...path, 'items']) } } : {}),
    ...(properties ? { properties: withPlaces(context, path, properties) } : {}),
    ...compileBounds(context, path, type, record),
  };
  return { ...shape, valueType: paramType(shape) };
}

function withPlaces(
  { document }: CompileContext,
  path: Path,
  properties: Readonly<Record<string, ParamShape>>,
): NonNullable<Param['properties']> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, shape]) => [
      name,
      { ...shape, place: document.keyPlace([...path, 'properties', name]) },
    ]),
  );
}

function compileEnum(
  context: CompileContext,
  path: Path,
  type: ParamType,
  raw: unknown,
): readonly (string | number)[] | undefined {
  if (raw === undefined) return undefined;
  const values: (string | number)[] = [];
  for (const [index, value] of rawList(raw).entries()) {
    const isFitting =
      type === 'enum'
        ? typeof value === 'string' || typeof value === 'number'
        : typeof value === (type === 'string' ? 'string' : 'number');
    if (isFitting && (typeof value === 'string' || typeof value === 'number')) values.push(value);
    else
      addFinding(
        context,
        'runbook/param-declaration',
        context.document.place([...path, 'enum', index]),
        `\`enum\` of a param of type \`${type}\` holds a value of another type`,
      );
  }
  return values;
}

function compileBounds(
  context: CompileContext,
  path: Path,
  type: ParamType,
  record: ReturnType<typeof rawRecord>,
) {
  const { document } = context;
  const bounds: {
    minimum?: number;
    maximum?: number;
    minLength?: number;
    maxLength?: number;
    pattern?: string;
  } = {};
  for (const key of ['minimum', 'maximum'] as const) {
    const written = record[key];
    if (written === undefined) continue;
    const bound = readBound(type, written);
    if (bound !== undefined) bounds[key] = bound;
    else
      addFinding(
        context,
        'runbook/param-declaration',
        document.place([...path, key]),
        `\`${key}\` of a param of type \`${type}\` must be written as ${measureWords[type] ?? 'a number'}`,
      );
  }
  for (const key of ['minLength', 'maxLength'] as const) {
    const written = record[key];
    if (typeof written === 'number') bounds[key] = written;
  }
  for (const [low, high] of [
    ['minimum', 'maximum'],
    ['minLength', 'maxLength'],
  ] as const) {
    const [least, most] = [bounds[low], bounds[high]];
    if (least !== undefined && most !== undefined && least > most)
      addFinding(
        context,
        'runbook/param-declaration',
        document.place([...path, high]),
        `\`${high}\` is smaller than \`${low}\`, so that no value fits`,
      );
  }
  const pattern = rawText(record.pattern);
  if (pattern !== undefined) {
    const fault = faultOfPattern(pattern);
    if (fault === undefined) bounds.pattern = pattern;
    else addFinding(context, 'runbook/param-declaration', document.place([...path, 'pattern']), fault);
  }
  return bounds;
}

/** Nobody may have to wait for a pattern that runs away over some value. */
function faultOfPattern(pattern: string): string | undefined {
  try {
    new RegExp(wholePattern(pattern));
  } catch {
    return `\`${pattern}\` is not a regular expression`;
  }
  const verdict = checkPattern(wholePattern(pattern));
  return verdict.isSafe ? undefined : `the pattern is not allowed: ${verdict.reason}`;
}

const measureWords: Partial<Record<ParamType, string>> = {
  duration: 'a duration such as `90d`',
  size: 'a size such as `64MiB`, or a number of bytes',
  timestamp: 'a timestamp such as `2026-01-31T22:00:00Z`',
};

function checkDefault(context: CompileContext, path: Path, param: Param, written: unknown): void {
  if (written === null) return;
  const converted = convertValue(param, written, { folder: '/', isText: false });
  if (converted.ok) return;
  const near =
    converted.fault === 'not-in-enum' && typeof written === 'string'
      ? nearestName(written, (param.enum ?? []).map(String))
      : undefined;
  addFinding(
    context,
    'runbook/param-default',
    context.document.place([...path, 'default', ...converted.at]),
    `the default of param \`${param.name}\` ${converted.message}`,
    { fix: near === undefined ? undefined : `did you mean \`${near}\`?` },
  );
}
