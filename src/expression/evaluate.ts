// Evaluates a checked tree. Strict from left to right: an error is an error, never false, never skipped over.

import { Duration, type Value } from '../base/index.ts';
import type { Budget } from './budget.ts';
import { isMacro } from './check-call.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { Bindings } from './expression.ts';
import { functions } from './functions/index.ts';
import type { CallContext } from './functions/signature.ts';
import { fieldAccess, forbiddenNames, namePath, showPath } from './name-path.ts';
import { applyBinary } from './operators.ts';
import type { Node } from './parse.ts';
import { admit, describeValue, isList, isMap, isOfType, Optional, type RuntimeValue } from './runtime.ts';

export interface Environment extends CallContext {
  readonly budget: Budget;
  readonly bindings: Bindings;
  readonly variables: ReadonlyMap<string, Value>;
}

/** The value of a node. Fails with `EvaluationError`. */
export function evaluateNode(node: Node, environment: Environment): RuntimeValue {
  environment.budget.spend(1);
  switch (node.op) {
    case 'value':
      return admit(node.args);
    case 'id':
      return evaluateName(node.args, environment);
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return evaluateAccess(node, environment);
    case 'list':
      return environment.budget.list(node.args.map((item) => evaluatePlain(item, environment)));
    case 'map':
      return evaluateMap(node.args, environment);
    case 'call':
      return evaluateCall(node, node.args[0], undefined, node.args[1], environment);
    case 'rcall':
      return evaluateCall(node, node.args[0], node.args[1], node.args[2], environment);
    case '?:':
      return evaluateNode(evaluateBool(node.args[0], environment) ? node.args[1] : node.args[2], environment);
    case '&&':
      return evaluateBool(node.args[0], environment) && evaluateBool(node.args[1], environment);
    case '||':
      return evaluateBool(node.args[0], environment) || evaluateBool(node.args[1], environment);
    case '!_':
      return !evaluateBool(node.args, environment);
    case '-_': {
      const value = evaluatePlain(node.args, environment);
      if (value instanceof Duration) return new Duration(-value.ms);
      if (typeof value === 'number') return value === 0 ? 0 : -value;
      throw new EvaluationError(`\`-\` cannot take ${describeValue(value)}`);
    }
    default:
      return applyBinary(
        node.op,
        evaluatePlain(node.args[0], environment),
        evaluatePlain(node.args[1], environment),
        environment.budget,
      );
  }
}

/** As `evaluateNode`; a value that may be missing is not one. */
export function evaluatePlain(node: Node, environment: Environment): Value {
  const value = evaluateNode(node, environment);
  if (value instanceof Optional)
    throw new EvaluationError(`${show(node)} may be missing, and nothing says what counts then`);
  return value;
}

function evaluateBool(node: Node, environment: Environment): boolean {
  const value = evaluatePlain(node, environment);
  if (typeof value === 'boolean') return value;
  throw new EvaluationError(`${show(node)} must be true or false, but it is ${describeValue(value)}`);
}

function evaluateName(name: string, { bindings, variables }: Environment): Value {
  const variable = variables.get(name);
  if (variable !== undefined) return variable;
  if (Object.hasOwn(bindings, name)) return admit(bindings[name]);
  throw new EvaluationError(`\`${name}\` has no value here`);
}

function evaluateAccess(node: Node, environment: Environment): RuntimeValue {
  const access = fieldAccess(node);
  const indexed = node.op === '[]' || node.op === '[?]';
  const objectNode = access ? access.object : indexed ? node.args[0] : node;
  const owner = evaluateNode(objectNode, environment);
  const key = access ? access.name : indexed ? evaluatePlain(node.args[1], environment) : null;
  const isOptional = node.op === '.?' || node.op === '[?]';
  if (owner instanceof Optional) {
    if (owner.value === undefined) return owner;
    return optionally(element(owner.value, key, objectNode));
  }
  const found = isOptional && owner === null ? undefined : element(owner, key, objectNode);
  if (isOptional) return optionally(found);
  if (found !== undefined) return found;
  throw new EvaluationError(
    isList(owner)
      ? `${show(objectNode)} has ${owner.length} elements, and no element at that index`
      : `${show(objectNode)} has no ${access ? `\`${access.name}\`` : 'such key'}`,
  );
}

/** Null counts as missing, as it does for a key of `with`. */
function optionally(value: Value | undefined): Optional {
  return new Optional(value ?? undefined);
}

/** The element, or undefined when there is none. Only own keys of plain maps, and whole indexes of lists. */
function element(owner: Value, key: Value, ownerNode: Node): Value | undefined {
  if (isList(owner)) {
    if (typeof key !== 'number')
      throw new EvaluationError(`${show(ownerNode)} is a list: its elements are taken by number`);
    return Number.isInteger(key) && key >= 0 && key < owner.length ? admit(owner[key]) : undefined;
  }
  if (!isMap(owner))
    throw new EvaluationError(`${show(ownerNode)} is ${describeValue(owner)}, which has no fields`);
  if (typeof key !== 'string')
    throw new EvaluationError(`${show(ownerNode)} is a map: its values are taken by name`);
  if (forbiddenNames.has(key))
    throw new EvaluationError(`\`${key}\` is not a name that an expression may use`);
  return Object.hasOwn(owner, key) ? admit(owner[key]) : undefined;
}

function evaluateMap(entries: readonly (readonly [Node, Node])[], environment: Environment): Value {
  const map: [string, Value][] = [];
  for (const [keyNode, valueNode] of entries) {
    const key = evaluatePlain(keyNode, environment);
    if (typeof key !== 'string')
      throw new EvaluationError(`a key of a map must be a text, but it is ${describeValue(key)}`);
    if (forbiddenNames.has(key))
      throw new EvaluationError(`\`${key}\` is not a name that an expression may use`);
    map.push([key, evaluatePlain(valueNode, environment)]);
  }
  return Object.fromEntries(map);
}

function evaluateCall(
  node: Node,
  name: string,
  receiver: Node | undefined,
  args: readonly Node[],
  environment: Environment,
): RuntimeValue {
  if (!receiver && name === 'has') return args[0] !== undefined && isPresent(args[0], environment);
  if (receiver && isMacro(name, args)) return evaluateLoop(name, receiver, args, environment);
  const first = receiver ? [evaluateNode(receiver, environment)] : [];
  if (first[0] instanceof Optional)
    return evaluateOptional(name, first[0], args, receiver ?? node, environment);
  const values = [...first, ...args.map((argument) => evaluatePlain(argument, environment))];
  const known = functions.get(name);
  const overload = known?.overloads.find(
    ({ args: types, required = types.length, isVariadic }) =>
      values.length >= required &&
      (isVariadic || values.length <= types.length) &&
      values.every((value, index) => isOfType(value, types[Math.min(index, types.length - 1)] ?? 'dyn')),
  );
  if (!known || !overload)
    throw new EvaluationError(
      `\`${name}()\` cannot take ${values.length === 0 ? 'nothing' : values.map(describeValue).join(' and ')}`,
    );
  // Whatever a function does, it may look at every character it is given.
  for (const value of values) if (typeof value === 'string') environment.budget.spend(value.length / 16);
  try {
    return known.run(values, environment);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new EvaluationError(`in \`${name}()\`, ${error.message}`, { cause: error.cause });
  }
}

/** True when every name of the path is there, and none of them is null. */
function isPresent(node: Node, environment: Environment): boolean {
  environment.budget.spend(1);
  const access = fieldAccess(node);
  if (!access) {
    const value = evaluateNode(node, environment);
    return value !== null;
  }
  if (!isPresent(access.object, environment)) return false;
  const owner = evaluateNode(access.object, environment);
  const plain = owner instanceof Optional ? owner.value : owner;
  return plain !== undefined && (element(plain, access.name, access.object) ?? null) !== null;
}

function evaluateOptional(
  name: string,
  optional: Optional,
  args: readonly Node[],
  receiver: Node,
  environment: Environment,
): RuntimeValue {
  if (name === 'hasValue') return optional.value !== undefined;
  const [argument] = args;
  if (name === 'value') {
    if (optional.value !== undefined) return optional.value;
    throw new EvaluationError(`${show(receiver)} is missing`);
  }
  if (argument && name === 'orValue') return optional.value ?? evaluatePlain(argument, environment);
  if (argument && name === 'or')
    return optional.value === undefined ? evaluateNode(argument, environment) : optional;
  throw new EvaluationError(`${show(receiver)} may be missing, and \`${name}()\` cannot take that`);
}

function evaluateLoop(
  name: string,
  receiver: Node,
  args: readonly Node[],
  environment: Environment,
): RuntimeValue {
  const over = evaluatePlain(receiver, environment);
  const items = isList(over) ? over : isMap(over) ? Object.keys(over) : undefined;
  if (!items)
    throw new EvaluationError(`\`${name}\` needs a list, but ${show(receiver)} is ${describeValue(over)}`);
  const [variable, ...bodies] = args;
  const variableName = variable?.op === 'id' ? variable.args : '';
  const body = bodies.at(-1);
  if (!body) throw new EvaluationError(`\`${name}\` has nothing to do`);
  const kept: Value[] = [];
  let count = 0;
  for (const raw of items) {
    environment.budget.spend(1);
    const item = admit(raw);
    const inner = { ...environment, variables: new Map(environment.variables).set(variableName, item) };
    if (name === 'map') {
      if (bodies.length === 2 && bodies[0] && !evaluateBool(bodies[0], inner)) continue;
      kept.push(evaluatePlain(body, inner));
      continue;
    }
    const holds = evaluateBool(body, inner);
    if (name === 'all' && !holds) return false;
    if (name === 'exists' && holds) return true;
    if (holds) count++;
    if (name === 'filter' && holds) kept.push(item);
  }
  if (name === 'all') return true;
  if (name === 'exists') return false;
  if (name === 'exists_one') return count === 1;
  return environment.budget.list(kept);
}

/** A node in a sentence: its path, else its text. Never its value. */
function show(node: Node): string {
  const path = namePath(node);
  const text = path ? showPath(path) : node.input.slice(node.start, node.end);
  return `\`${text.length > 80 ? `${text.slice(0, 79)}…` : text}\``;
}
