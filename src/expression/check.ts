// The type checker: every problem of an expression at once, each at its place in the source. Touches nothing.

import { nearestName } from '../base/index.ts';
import { checkCall } from './check-call.ts';
import { type Context, checkCondition, checkPlain, report, withGuards } from './check-context.ts';
import type { ValueType } from './expression.ts';
import { proofOf } from './guards.ts';
import { fieldAccess, forbiddenNames, namePath, pathKey, showPath } from './name-path.ts';
import { binaryType } from './operators.ts';
import type { Node } from './parse.ts';
import {
  describeType,
  isListType,
  isMapType,
  isObjectType,
  isOptionalType,
  joinTypes,
  type Type,
} from './types.ts';

/** The type of a node; `dyn` after a problem, so that one mistake is said once. */
export function checkNode(node: Node, context: Context): Type {
  switch (node.op) {
    case 'value':
      return checkLiteral(node, context);
    case 'id':
      return checkName(node, node.args, context);
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return checkAccess(node, context);
    case 'list': {
      // Null joins with every type: an empty list is a list of anything.
      let element: ValueType = 'null';
      for (const item of node.args) element = joinTypes(element, checkPlain(item, context)) ?? 'dyn';
      return { list: element };
    }
    case 'map':
      return checkMap(node.args, context);
    case 'call':
      return checkCall(node, node.args[0], undefined, node.args[1], context);
    case 'rcall':
      return checkCall(node, node.args[0], node.args[1], node.args[2], context);
    case '?:':
      return checkTernary(node, node.args, context);
    case '&&':
    case '||': {
      const proof = proofOf(node.args[0]);
      const added = node.op === '&&' ? proof.whenTrue : proof.whenFalse;
      checkCondition(node.args[0], context, `\`${node.op}\``);
      checkCondition(node.args[1], withGuards(context, added), `\`${node.op}\``);
      return 'bool';
    }
    case '!_':
      checkCondition(node.args, context, '`!`');
      return 'bool';
    case '-_': {
      const type = checkPlain(node.args, context);
      if (type === 'double' || type === 'dyn' || type === 'duration') return type === 'dyn' ? 'double' : type;
      return report(
        context,
        'expression/type',
        node,
        `\`-\` needs a number, but this is ${describeType(type)}`,
      );
    }
    default: {
      const [left, right] = [checkPlain(node.args[0], context), checkPlain(node.args[1], context)];
      return binaryType(node.op, left, right) ?? reportOperands(node, left, right, context);
    }
  }
}

function reportOperands(node: Node, left: ValueType, right: ValueType, context: Context): 'dyn' {
  const times = [left, right].includes('timestamp') && [left, right].includes('string');
  return report(
    context,
    'expression/type',
    node,
    `\`${node.op}\` cannot take ${describeType(left)} and ${describeType(right)}`,
    times
      ? 'turn the text into a timestamp with `timestamp(…)`, or the timestamp into a text with `sqlTime(…)`'
      : node.op === '+' && (left === 'string' || right === 'string')
        ? 'turn the other side into a text with `string(…)`'
        : undefined,
  );
}

function checkLiteral(node: Node & { op: 'value' }, context: Context): Type {
  const value = node.args;
  if (value === null) return 'null';
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value))
        ? 'double'
        : report(context, 'expression/type', node, 'this integer is over 2^53 and would be rounded');
    case 'number':
      return Number.isFinite(value)
        ? 'double'
        : report(context, 'expression/type', node, 'this number is too large');
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
  }
  if (value instanceof Uint8Array) return 'bytes';
  return report(context, 'expression/type', node, 'all numbers are doubles here', 'leave out the `u`');
}

function checkName(node: Node, name: string, context: Context): Type {
  const variable = context.variables.get(name);
  if (variable !== undefined) return variable;
  const type = Object.hasOwn(context.scope, name) ? context.scope[name] : undefined;
  if (type !== undefined) {
    context.found.references.push([name]);
    return type;
  }
  return reportUnknown(node, [name], [...Object.keys(context.scope), ...context.variables.keys()], context);
}

function reportUnknown(
  node: { readonly start: number; readonly end: number },
  path: readonly string[],
  known: readonly string[],
  context: Context,
): 'dyn' {
  const explained = context.options.explainUnknown?.(path);
  if (explained) return report(context, 'expression/unknown-name', node, explained.message, explained.fix);
  const name = path.at(-1) ?? '';
  const near = nearestName(name, known);
  const owner = path.slice(0, -1);
  const fix = near
    ? `did you mean \`${near}\`?`
    : known.length > 0
      ? `${owner.length === 0 ? 'known here' : 'it has'}: ${listNames(known)}`
      : undefined;
  const message =
    owner.length === 0 ? `\`${name}\` is not a name known here` : `\`${showPath(owner)}\` has no \`${name}\``;
  return report(context, 'expression/unknown-name', node, message, fix);
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  return shown.join(', ') + (names.length > shown.length ? ', …' : '');
}

function checkAccess(node: Node, context: Context): Type {
  const access = fieldAccess(node);
  if (access) return checkField(node, access.object, access.name, access.isOptional, context);
  if (node.op !== '[]' && node.op !== '[?]') return 'dyn';
  const owner = checkNode(node.args[0], context);
  const base = isOptionalType(owner) ? owner.optional : owner;
  const key = checkPlain(node.args[1], context);
  const wanted = isListType(base) ? 'double' : 'string';
  if (base !== 'dyn' && !isListType(base) && !isMapType(base) && !isObjectType(base))
    return report(context, 'expression/type', node, `${describeType(base)} has no elements`);
  if (base !== 'dyn' && key !== 'dyn' && key !== wanted)
    return report(
      context,
      'expression/type',
      node.args[1],
      `an element of ${describeType(base)} is taken by ${describeType(wanted)}, not by ${describeType(key)}`,
    );
  const element = isListType(base) ? base.list : isMapType(base) ? base.map : 'dyn';
  return node.op === '[?]' || isOptionalType(owner) ? { optional: element } : element;
}

function checkField(
  node: Node,
  object: Node,
  name: string,
  isOptionalAccess: boolean,
  context: Context,
): Type {
  const owner = checkNode(object, context);
  const base = isOptionalType(owner) ? owner.optional : owner;
  // The name itself: the key of `x["key"]`, or what follows the dot.
  const place =
    node.op === '[]' || node.op === '[?]' ? node.args[1] : { start: node.end - name.length, end: node.end };
  const path = namePath(node);
  if (path && !context.variables.has(path[0] ?? '')) keepReference(path, context);
  if (forbiddenNames.has(name))
    return report(
      context,
      'expression/unknown-name',
      place,
      `\`${name}\` is not a name that an expression may use`,
    );
  const isOptional = isOptionalAccess || isOptionalType(owner);
  const wrap = (type: ValueType): Type => (isOptional ? { optional: type } : type);
  if (base === 'dyn') return wrap('dyn');
  if (isMapType(base)) return wrap(base.map);
  if (!isObjectType(base))
    return report(context, 'expression/type', place, `${describeType(base)} has no \`${name}\``);
  const field = Object.hasOwn(base.object, name) ? base.object[name] : undefined;
  if (!field) return reportUnknown(place, path ?? [name], Object.keys(base.object), context);
  if (!field.isOptional || isOptional || context.isAsking) return wrap(field.type);
  if (path && context.guards.has(pathKey(path))) return field.type;
  const shown = path ? showPath(path) : name;
  const why = path && context.options.explainMissing?.(path);
  const last =
    path && /^[A-Za-z_]\w*$/.test(name) ? `${showPath(path.slice(0, -1))}.?${name}.orValue(…)` : undefined;
  report(
    context,
    'expression/unguarded',
    node,
    `\`${shown}\` may be missing${why ? `: ${why}` : ''}`,
    `write \`has(${shown}) ? ${shown} : …\`${last ? ` or \`${last}\`` : ''}`,
  );
  return field.type;
}

/** The longest path stands for its beginnings. */
function keepReference(path: readonly string[], { found }: Context): void {
  const last = found.references.at(-1);
  if (last && last.length === path.length - 1 && last.every((name, index) => name === path[index]))
    found.references.pop();
  found.references.push(path);
}

function checkMap(entries: readonly (readonly [Node, Node])[], context: Context): Type {
  const fields: Record<string, { type: ValueType }> = {};
  let joined: ValueType | undefined;
  let hasComputedKey = false;
  for (const [key, value] of entries) {
    const keyType = checkPlain(key, context);
    const type = checkPlain(value, context);
    joined = joined === undefined ? type : (joinTypes(joined, type) ?? 'dyn');
    if (keyType !== 'string' && keyType !== 'dyn')
      report(
        context,
        'expression/type',
        key,
        `a key of a map is a text, but this is ${describeType(keyType)}`,
      );
    if (key.op !== 'value' || typeof key.args !== 'string') hasComputedKey = true;
    else if (forbiddenNames.has(key.args))
      report(
        context,
        'expression/unknown-name',
        key,
        `\`${key.args}\` is not a name that an expression may use`,
      );
    else fields[key.args] = { type };
  }
  return hasComputedKey ? { map: joined ?? 'dyn' } : { object: fields };
}

function checkTernary(
  node: Node,
  [condition, left, right]: readonly [Node, Node, Node],
  context: Context,
): Type {
  checkCondition(condition, context, '`? :`');
  const proof = proofOf(condition);
  const a = checkPlain(left, withGuards(context, proof.whenTrue));
  const b = checkPlain(right, withGuards(context, proof.whenFalse));
  return (
    joinTypes(a, b) ??
    report(
      context,
      'expression/type',
      node,
      `the two sides of \`? :\` are ${describeType(a)} and ${describeType(b)}`,
    )
  );
}
