// Compiles the `with` of a step: templates at its leaves, types against the action's schema, nothing pasted into SQL
// or shell.

import type { AnyAction } from '../action/index.ts';
import { isRecord, type Json, type JsonObject, nearestName } from '../base/index.ts';
import type { Path } from '../document/index.ts';
import {
  constant,
  describeType,
  hasExpression,
  type Scope,
  type Template,
  type ValueType,
} from '../expression/index.ts';
import { addFinding, type CompileContext, rawList, rawRecord, templateAt } from './compile-context.ts';
import { isTemplate } from './evaluate-tree.ts';
import { schemaType } from './output-type.ts';
import type { TemplateTree } from './runbook.ts';
import type { Names } from './scope.ts';

export interface WithRequest {
  readonly context: CompileContext;
  readonly names: Names;
  readonly scope: Scope;
  readonly stepId: string;
  /** Undefined when the action is unknown, which has been reported. */
  readonly action: AnyAction | undefined;
  /** Of the step. */
  readonly path: Path;
}

export function compileWith(request: WithRequest, raw: unknown): TemplateTree {
  const tree = compileTree(request, [...request.path, 'with'], rawRecord(raw), request.action?.with);
  if (request.action) checkInput(request, request.action, tree);
  return tree;
}

/** The targets that `with` names, each once; unknown ones are reported. */
export function targetsOf(
  { context, names, stepId, action, path }: WithRequest,
  raw: unknown,
): readonly string[] {
  const found = new Set<string>();
  for (const key of action?.targetKeys ?? []) {
    const value = rawRecord(raw)[key];
    const at = [...path, 'with', key];
    const listed =
      typeof value === 'string'
        ? [{ name: value, at }]
        : rawList(value).map((name, index) => ({ name, at: [...at, index] }));
    for (const { name, at: place } of listed) {
      if (typeof name !== 'string') continue;
      if (names.targets.includes(name)) found.add(name);
      else reportUnknownTarget(context, names, stepId, name, place);
    }
  }
  return [...found];
}

function reportUnknownTarget(
  context: CompileContext,
  names: Names,
  stepId: string,
  name: string,
  at: Path,
): void {
  if (hasExpression(name)) {
    addFinding(
      context,
      'runbook/computed-target',
      context.document.place(at),
      `step \`${stepId}\` computes the name of its target`,
      {
        fix: 'write the name of a target; its `path` or `use` may be an expression',
      },
    );
    return;
  }
  const near = nearestName(name, names.targets);
  const line = near === undefined ? undefined : context.document.keyPlace(['targets', near]).line;
  addFinding(
    context,
    'runbook/unknown-target',
    context.document.place(at),
    `step \`${stepId}\` uses target \`${name}\`, which this runbook does not declare`,
    {
      label: 'not under `targets`',
      fix:
        near !== undefined
          ? `did you mean \`${near}\`, declared at line ${line}?`
          : names.targets.length > 0
            ? `declared are ${names.targets.map((target) => `\`${target}\``).join(', ')}`
            : `declare it: \`targets: { ${name}: { driver: sqlite, path: … } }\``,
    },
  );
}

/** Places of all keys below a step, by JSON pointer. */
export function placesOf(
  { document }: CompileContext,
  path: Path,
  raw: unknown,
): Record<string, ReturnType<typeof document.place>> {
  const places: Record<string, ReturnType<typeof document.place>> = {};
  const visit = (value: unknown, below: Path): void => {
    if (below.length > 0) places[`/${below.join('/')}`] = document.place([...path, ...below]);
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...below, index]);
    else if (isRecord(value)) for (const [key, item] of Object.entries(value)) visit(item, [...below, key]);
  };
  visit(raw, []);
  return places;
}

export function compileTree(request: WithRequest, path: Path, raw: unknown, schema: unknown): TemplateTree {
  const { context, scope } = request;
  if (Array.isArray(raw))
    return raw.map((item, index) => compileTree(request, [...path, index], item, rawRecord(schema).items));
  if (isRecord(raw))
    return Object.fromEntries(
      Object.entries(raw).map(([key, item]) => [
        key,
        compileTree(request, [...path, key], item, propertySchema(schema, key)),
      ]),
    );
  const danger =
    typeof raw === 'string' && hasExpression(raw) ? pastedInto(request, path, schema) : undefined;
  if (danger !== undefined && !isSqlParam(request, path, String(raw))) {
    reportPasted(context, path, String(raw), danger);
    return constant(String(raw));
  }
  const template = templateAt(context, path, raw, scope);
  if (template.kind !== 'constant') checkLeaf(request, path, template, schema);
  return template;
}

function propertySchema(schema: unknown, key: string): unknown {
  const { properties, additionalProperties } = rawRecord(schema);
  const known = rawRecord(properties);
  return Object.hasOwn(known, key) ? known[key] : additionalProperties;
}

/** SQL and shell are programs: an expression inside one would be pasted into it. */
function pastedInto({ action }: WithRequest, path: Path, schema: unknown): 'sql' | 'shell' | undefined {
  if (rawRecord(schema).format === 'sql') return 'sql';
  return action?.name === 'command.run' && path.at(-1) === 'shell' ? 'shell' : undefined;
}

/** A param of type `sql` may stand as the whole predicate: SQLite compiles it under an authorizer that only reads. */
function isSqlParam({ names }: WithRequest, path: Path, text: string): boolean {
  if (path.at(-1) !== 'where') return false;
  const name = /^\s*\$\{\{\s*params\.([a-zA-Z0-9]+)\s*\}\}\s*$/.exec(text)?.[1];
  return names.params.some((param) => param.name === name && param.type === 'sql');
}

function reportPasted(context: CompileContext, path: Path, text: string, into: 'sql' | 'shell'): void {
  const offset = Math.max(0, text.search(/(?<!\$)\$\{\{/));
  const end = text.indexOf('}}', offset);
  const length = end < 0 ? 3 : end + 2 - offset;
  const inside = text.slice(offset + 3, end < 0 ? undefined : end).trim();
  const name = /(\w+)\W*$/.exec(inside)?.[1] ?? 'value';
  const isWhole = text.trim().length === length;
  addFinding(
    context,
    into === 'sql' ? 'runbook/expression-in-sql' : 'runbook/expression-in-shell',
    context.document.offsetPlace(path, offset, length),
    into === 'sql'
      ? 'an expression stands inside SQL, where its value would become part of the statement'
      : 'an expression stands inside a shell script, where its value would become part of the script',
    {
      fix:
        into === 'shell' ? shellFix(name, inside) : isWhole ? wholeFix(path, inside) : bindFix(name, inside),
    },
  );
}

function shellFix(name: string, inside: string): string {
  const variable = name.toUpperCase();
  return `pass it by the environment: \`env: { ${variable}: "\${{ ${inside} }}" }\`, and \`"$${variable}"\` in the script`;
}

function bindFix(name: string, inside: string): string {
  return `bind it: \`params: { ${name}: "\${{ ${inside} }}" }\`, and \`:${name}\` in the SQL`;
}

/** Binding is no help where the whole text is computed. */
function wholeFix(path: Path, inside: string): string {
  const param = path.at(-1) === 'where' ? /^params\.(\w+)$/.exec(inside)?.[1] : undefined;
  return param === undefined
    ? 'write the SQL out, and bind values as `:name`'
    : `give param \`${param}\` the type \`sql\``;
}

function checkLeaf(
  { context, action, stepId }: WithRequest,
  path: Path,
  template: Template,
  schema: unknown,
): void {
  const { type } = template;
  if (type === 'dyn') return;
  const place = context.document.place(path);
  const key = path.at(-1);
  if (action?.name.startsWith('sqlite.') && path.at(-2) === 'params') {
    if (type === 'timestamp' || type === 'duration')
      addFinding(
        context,
        'expression/type',
        place,
        `parameter \`${key}\` of the SQL would be bound to ${describeType(type)}, which SQLite does not have`,
        {
          fix:
            type === 'timestamp'
              ? 'say in which form the column keeps time: `sqlTime(…)`, `iso(…)`, `unixSeconds(…)` or `unixMillis(…)`'
              : 'say in which form the column keeps it: `seconds(…)`',
        },
      );
    else if (typeof type === 'object')
      addFinding(
        context,
        'expression/type',
        place,
        `parameter \`${key}\` of the SQL would be bound to ${describeType(type)}, and SQLite takes single values only`,
      );
    return;
  }
  const accepted = acceptedTypes(schema);
  if (accepted === undefined || accepted.some((each) => isSameKind(each, type))) return;
  addFinding(
    context,
    'expression/type',
    place,
    `\`${key}\` of step \`${stepId}\` must be ${accepted.map(describeType).join(' or ')}, but this is ${describeType(type)}`,
  );
}

/** The types that a schema takes, or undefined when it takes any. */
function acceptedTypes(schema: unknown): readonly ValueType[] | undefined {
  if (!isRecord(schema)) return undefined;
  const { format, type, anyOf } = schema;
  if (format === 'duration' || format === 'timestamp') return [format, 'string'];
  if (format === 'size') return ['double', 'string'];
  const alternatives = Array.isArray(anyOf)
    ? anyOf
    : Array.isArray(type)
      ? type.map((each: unknown) => ({ type: each }))
      : [schema];
  const types = alternatives.map(schemaType);
  return types.includes('dyn') ? undefined : types;
}

function isSameKind(expected: ValueType, actual: ValueType): boolean {
  if (actual === 'null') return true;
  if (typeof expected === 'string' || typeof actual === 'string') return expected === actual;
  return 'list' in expected === 'list' in actual;
}

function checkInput({ context, stepId, path }: WithRequest, action: AnyAction, tree: TemplateTree): void {
  const input = written(tree);
  if (!action.check || !isRecord(input)) return;
  for (const { code, path: below, message, fix } of action.check(input as JsonObject))
    addFinding(
      context,
      code ?? 'runbook/invalid-input',
      context.document.place([...path, 'with', ...below]),
      `step \`${stepId}\`: ${message}`,
      { fix },
    );
}

/** The tree as written: constants as they are, everything else as its source. */
function written(tree: TemplateTree): Json {
  if (isTemplate(tree)) return tree.kind === 'constant' ? (tree.evaluate({}) as Json) : tree.source;
  if (Array.isArray(tree)) return tree.map((item: TemplateTree) => written(item));
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, written(item as TemplateTree)]));
}
