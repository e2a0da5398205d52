// Compiles one step: its action or assert, conditions, loop, and what later steps may know of it.

import type { AnyAction } from '../action/index.ts';
import { parseDuration } from '../base/index.ts';
import type { Path } from '../document/index.ts';
import {
  joinTypes,
  type ObjectField,
  type Scope,
  type Template,
  type ValueType,
} from '../expression/index.ts';
import {
  addFinding,
  type CompileContext,
  expressionAt,
  type Raw,
  rawList,
  rawRecord,
  rawText,
  templateAt,
} from './compile-context.ts';
import { compileGate } from './compile-gate.ts';
import { compileRollback } from './compile-rollback.ts';
import { compileStub } from './compile-stub.ts';
import { compileTree, compileWith, placesOf, targetsOf, type WithRequest } from './compile-with.ts';
import { treeTemplate } from './evaluate-tree.ts';
import { actionAt } from './find-action.ts';
import { schemaFields } from './output-type.ts';
import { refuseAction } from './refuse-action.ts';
import type { ForEach, Retry, Step } from './runbook.ts';
import { explainNames, type KnownStep, type Names, stepScope, withSecrets } from './scope.ts';
import { titleOf } from './step-title.ts';

export interface Defaults {
  readonly retry?: Retry;
  readonly timeoutMs?: number;
  readonly onFailure: 'rollback' | 'abort';
}

export interface StepRequest {
  readonly context: CompileContext;
  readonly names: Names;
  readonly defaults: Defaults;
  readonly role: 'precondition' | 'step' | 'always';
  readonly path: Path;
  readonly raw: unknown;
  /** What has run before. */
  readonly known: readonly KnownStep[];
}

export interface CompiledStep {
  readonly step: Step;
  /** Its preconditions first, then itself. */
  readonly known: readonly KnownStep[];
}

export function compileStep(request: StepRequest): CompiledStep {
  const { names, defaults, role, path } = request;
  const raw = rawRecord(request.raw);
  const id = rawText(raw.id) ?? '';
  const inner = rawList(raw.preconditions);
  const nested: CompiledStep[] = [];
  let known = request.known;
  for (const [index, check] of inner.entries()) {
    const compiled = compileStep({
      ...request,
      role: 'precondition',
      path: [...path, 'preconditions', index],
      raw: check,
      known,
    });
    nested.push(compiled);
    known = [...known, ...compiled.known];
  }
  const context = withExplanations(request.context, names, known, id);
  const action = findAction(context, path, raw, id);
  if (action) refuseAction(context, path, id, action);
  checkRole(context, role, path, raw, id, action);
  const scope = stepScope(names, known);
  const loop = compileForEach(context, path, raw.forEach, scope);
  const itemScope = loop ? { ...scope, [loop.forEach.as]: loop.itemType } : scope;
  const withRequest: WithRequest = {
    context,
    names,
    scope: withSecrets(itemScope, names),
    stepId: id,
    action,
    path,
  };
  const own = action ? schemaFields(action.outputs) : {};
  const selfScope = (fields: Readonly<Record<string, ObjectField>>): Scope =>
    action ? { ...itemScope, self: { object: fields } } : itemScope;
  const outputs = compileOutputs(context, [...path, 'outputs'], raw.outputs, selfScope(own), withRequest);
  const all = { ...own, ...fieldsOf(outputs) };
  const condition = expressionAt(context, [...path, 'if'], raw.if, scope, 'bool');
  if (raw.approval !== undefined && names.scratchTargets.length > 0)
    addFinding(
      context,
      'runbook/scratch-waits',
      context.document.keyPlace([...path, 'approval']),
      `step \`${id}\` waits for an approval, and scratch targets do not outlive the process that made them`,
      { fix: 'ask with `confirm`, or give the target a `path`' },
    );
  const gate = compileGate({ context, path, raw, id, scope });
  const assert = expressionAt(context, [...path, 'assert'], raw.assert, itemScope, 'bool');
  const ensure = expressionAt(context, [...path, 'ensure'], raw.ensure, selfScope(all), 'bool');
  const onFailure = failureOf(raw.onFailure, role, defaults);
  const retry = raw.retry === undefined ? defaults.retry : compileRetry(raw.retry);
  const timeoutMs = parseDuration(rawText(raw.timeout) ?? '') ?? defaults.timeoutMs;
  const named = targetsOf(withRequest, raw.with);
  const targets = named.filter((target) => !names.scratchTargets.includes(target));
  const scratchTargets = named.filter((target) => names.scratchTargets.includes(target));
  const rollback = compileRollback({ ...withRequest, action: undefined }, raw, own);
  const stub = compileStub({ context, path, raw, action, scope: itemScope, withRequest });
  const name = rawText(raw.name);
  const step: Step = {
    id,
    ...(name === undefined ? {} : { name }),
    title: titleOf({ name, action, targets: named, raw }),
    kind: raw.action !== undefined ? 'action' : raw.assert !== undefined ? 'assert' : 'gate',
    ...(action ? { action: action.name } : {}),
    effect: action?.effect ?? 'read',
    targets,
    scratchTargets,
    ...(condition ? { if: condition } : {}),
    preconditions: nested.map((each) => each.step),
    ...(gate ? { gate } : {}),
    with: compileWith(withRequest, raw.with),
    ...(assert ? { assert } : {}),
    ...(ensure ? { ensure } : {}),
    ...(raw.message === undefined
      ? {}
      : { message: templateAt(context, [...path, 'message'], raw.message, selfScope(all)) }),
    ...(loop ? { forEach: loop.forEach } : {}),
    ...(retry ? { retry } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onFailure,
    ...(raw.accept === true ? { accept: true } : {}),
    ...(rollback === undefined ? {} : { rollback }),
    ...(stub ? { stub } : {}),
    ...(raw.rehearse === 'run' ? { rehearse: 'run' as const } : {}),
    outputs,
    place: context.document.place([...path, 'id']),
    places: placesOf(context, path, raw),
  };
  const whyMissing = missingReason(id, raw, role, onFailure);
  const self: KnownStep = {
    id,
    kind: role === 'precondition' ? 'preconditions' : 'steps',
    outputs: loop ? { items: { type: { map: { object: all } } } } : all,
    ...(whyMissing === undefined ? {} : { whyMissing }),
  };
  const ofNested = nested
    .flatMap((each) => each.known)
    .map((each) => (raw.if === undefined ? each : { ...each, whyMissing: `step \`${id}\` has an \`if\`` }));
  return { step, known: [...ofNested, self] };
}

/** Outputs over a scope, of a step or of the runbook. */
export function compileOutputs(
  context: CompileContext,
  path: Path,
  raw: unknown,
  scope: Scope,
  request: Omit<WithRequest, 'context' | 'scope' | 'action'>,
): Readonly<Record<string, Template>> {
  return Object.fromEntries(
    Object.entries(rawRecord(raw)).map(([name, value]) => [
      name,
      treeTemplate(
        compileTree({ ...request, context, scope, action: undefined }, [...path, name], value, undefined),
      ),
    ]),
  );
}

export function compileRetry(raw: unknown): Retry {
  const { limit, interval, backoff, maxInterval } = rawRecord(raw);
  const maxIntervalMs = parseDuration(rawText(maxInterval) ?? '');
  return {
    limit: typeof limit === 'number' ? limit : 0,
    intervalMs: parseDuration(rawText(interval) ?? '') ?? 1000,
    backoff: typeof backoff === 'number' ? backoff : 2,
    ...(maxIntervalMs === undefined ? {} : { maxIntervalMs }),
  };
}

function withExplanations(
  context: CompileContext,
  names: Names,
  known: readonly KnownStep[],
  id: string,
): CompileContext {
  return { ...context, expressions: { ...context.expressions, ...explainNames(names, known, id) } };
}

function findAction(context: CompileContext, path: Path, raw: Raw, id: string): AnyAction | undefined {
  const name = rawText(raw.action);
  return name === undefined ? undefined : actionAt(context, [...path, 'action'], name, id);
}

function checkRole(
  context: CompileContext,
  role: StepRequest['role'],
  path: Path,
  raw: Raw,
  id: string,
  action: AnyAction | undefined,
): void {
  const { document } = context;
  if (role === 'precondition' && action && action.effect !== 'read')
    addFinding(
      context,
      'runbook/precondition-acts',
      document.place([...path, 'action']),
      `precondition \`${id}\` uses \`${action.name}\`, whose effect is \`${action.effect}\`: a precondition only reads`,
      { fix: 'make it a step' },
    );
  if (role === 'always' && action && action.effect !== 'read' && action.effect !== 'external')
    addFinding(
      context,
      'runbook/always-changes',
      document.place([...path, 'action']),
      `\`always\` holds \`${id}\`, whose effect is \`${action.effect}\`: only \`read\` and \`external\` may run there`,
      { fix: 'make it a step' },
    );
  if (raw.ensure !== undefined && raw.action === undefined)
    addFinding(
      context,
      'runbook/ensure-without-action',
      document.keyPlace([...path, 'ensure']),
      `step \`${id}\` has \`ensure\` without an action`,
      {
        fix: 'a condition alone is an `assert`',
      },
    );
}

function compileForEach(
  context: CompileContext,
  path: Path,
  raw: unknown,
  scope: Scope,
): { readonly forEach: ForEach; readonly itemType: ValueType } | undefined {
  if (raw === undefined) return undefined;
  const { items, as, key, maxParallel } = rawRecord(raw);
  const at = [...path, 'forEach'];
  const name = rawText(as) ?? 'item';
  if (Object.hasOwn(scope, name) || name === 'self' || name === 'secrets') {
    addFinding(
      context,
      'runbook/reserved-name',
      context.document.place([...at, 'as']),
      `\`${name}\` has a meaning in expressions already`,
      {
        fix: `choose another name, such as \`each${name[0]?.toUpperCase()}${name.slice(1)}\``,
      },
    );
  }
  const compiled = Array.isArray(items)
    ? items.map((item: unknown, index) =>
        treeTemplate(
          compileTree(
            {
              context,
              names: { params: [], secrets: [], targets: [], scratchTargets: [], order: [] },
              scope,
              stepId: '',
              action: undefined,
              path,
            },
            [...at, 'items', index],
            item,
            undefined,
          ),
        ),
      )
    : expressionAt(context, [...at, 'items'], items, scope, { list: 'dyn' });
  const itemType = itemTypeOf(compiled);
  const keyExpression = expressionAt(context, [...at, 'key'], key, { ...scope, [name]: itemType });
  if (key === undefined && typeof itemType === 'object')
    addFinding(
      context,
      'runbook/for-each-key',
      context.document.keyPlace(at),
      'the items of `forEach` are not single values, so that they need a `key`',
      {
        fix: `add \`key: "\${{ ${name}.… }}"\``,
      },
    );
  return {
    itemType,
    forEach: {
      items: compiled ?? [],
      as: name,
      ...(keyExpression ? { key: keyExpression } : {}),
      maxParallel: typeof maxParallel === 'number' ? maxParallel : 1,
    },
  };
}

function itemTypeOf(items: ForEach['items'] | undefined): ValueType {
  if (items === undefined) return 'dyn';
  if ('evaluate' in items)
    return typeof items.type === 'object' && 'list' in items.type ? items.type.list : 'dyn';
  const [first = 'dyn', ...others] = items.map(({ type }) => type);
  return others.reduce((joined, type) => joinTypes(joined, type) ?? 'dyn', first);
}

function failureOf(raw: unknown, role: StepRequest['role'], defaults: Defaults): Step['onFailure'] {
  if (raw === 'rollback' || raw === 'continue' || raw === 'abort') return raw;
  return role === 'always' ? 'continue' : defaults.onFailure;
}

function missingReason(
  id: string,
  raw: Raw,
  role: StepRequest['role'],
  onFailure: Step['onFailure'],
): string | undefined {
  if (raw.if !== undefined) return `step \`${id}\` has an \`if\``;
  if (role !== 'precondition' && onFailure === 'continue')
    return `step \`${id}\` may fail and let the run go on`;
  return undefined;
}

function fieldsOf(outputs: Readonly<Record<string, Template>>): Record<string, ObjectField> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { type }]) => [name, { type }]));
}
