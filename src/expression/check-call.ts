// Checks calls: macros, which take code, and functions, by their overloads.

import { nearestName } from '../base/index.ts';
import { type Context, checkCondition, checkPlain, report } from './check-context.ts';
import type { ValueType } from './expression.ts';
import { functions, macroNames } from './functions/index.ts';
import type { ExpressionFunction } from './functions/signature.ts';
import { namePath } from './name-path.ts';
import type { Node } from './parse.ts';
import {
  describeType,
  isAssignable,
  isListType,
  isMapType,
  isObjectType,
  isOptionalType,
  joinTypes,
  type Type,
} from './types.ts';

const maxLoops = 2;

export function checkCall(
  node: Node,
  name: string,
  receiver: Node | undefined,
  args: readonly Node[],
  context: Context,
): Type {
  if (!receiver && name === 'has') return checkHas(node, args, context);
  if (receiver && isMacro(name, args)) return checkLoop(node, name, receiver, args, context);
  if (receiver && optionalMethods.has(name)) return checkOptionalMethod(node, name, receiver, args, context);
  return checkFunction(node, name, receiver, args, context);
}

const optionalMethods: ReadonlySet<string> = new Set(['orValue', 'or', 'hasValue', 'value']);

/** Loops are told from functions of the same name by their first argument, a plain variable. */
export function isMacro(name: string, args: readonly Node[]): boolean {
  return (
    (['all', 'exists', 'exists_one', 'filter', 'map'].includes(name) && args.length === 2) ||
    (name === 'map' && args.length === 3)
  );
}

function checkHas(node: Node, args: readonly Node[], context: Context): Type {
  const [argument] = args;
  const path = argument && namePath(argument);
  if (!argument || args.length !== 1 || !path || path.length < 2) {
    report(context, 'expression/type', node, '`has()` needs a path of names such as `steps.x.y`');
    return 'bool';
  }
  context.check(argument, { ...context, isAsking: true });
  return 'bool';
}

function checkLoop(node: Node, name: string, receiver: Node, args: readonly Node[], context: Context): Type {
  const over = checkPlain(receiver, context);
  const [variable, ...bodies] = args;
  if (context.loops >= maxLoops)
    return report(
      context,
      'expression/too-large',
      node,
      `\`${name}\` stands inside ${maxLoops} others, and no deeper is allowed`,
      'do the work in SQL, or in several steps',
    );
  if (over !== 'dyn' && !isListType(over) && !isMapType(over) && !isObjectType(over))
    return report(
      context,
      'expression/type',
      receiver,
      `\`${name}\` needs a list, but this is ${describeType(over)}`,
    );
  // Nothing is known of the elements of `[]`.
  const listed = isListType(over) ? (over.list === 'null' ? 'dyn' : over.list) : undefined;
  const element: ValueType = listed ?? (over === 'dyn' ? 'dyn' : 'string');
  const variableName = variable?.op === 'id' ? variable.args : '';
  const inner: Context = {
    ...context,
    variables: new Map([...context.variables, [variableName, element]]),
    // A variable hides what was proven about a name that it hides.
    guards: new Set([...context.guards].filter((key) => key.split('\0')[0] !== variableName)),
    loops: context.loops + 1,
    isAsking: false,
  };
  const last = bodies.at(-1);
  if (!last) return 'dyn';
  if (name === 'map') {
    if (bodies.length === 2 && bodies[0]) checkCondition(bodies[0], inner, '`map`');
    return { list: checkPlain(last, inner) };
  }
  checkCondition(last, inner, `\`${name}\``);
  return name === 'filter' ? { list: element } : 'bool';
}

function checkOptionalMethod(
  node: Node,
  name: string,
  receiver: Node,
  args: readonly Node[],
  context: Context,
): Type {
  const type = context.check(receiver, context);
  const inner = isOptionalType(type) ? type.optional : undefined;
  if (inner === undefined)
    return type === 'dyn'
      ? 'dyn'
      : report(
          context,
          'expression/type',
          receiver,
          `\`${name}()\` needs a value that may be missing, but this is always there`,
          `leave out \`.${name}(…)\`, or reach it with \`.?\``,
        );
  if (name === 'hasValue' || name === 'value') {
    if (args.length > 0) report(context, 'expression/type', node, `\`${name}()\` takes no argument`);
    return name === 'hasValue' ? 'bool' : inner;
  }
  const [argument] = args;
  if (!argument || args.length !== 1)
    return report(context, 'expression/type', node, `\`${name}()\` takes one argument`);
  const other = name === 'orValue' ? checkPlain(argument, context) : context.check(argument, context);
  const plain = isOptionalType(other) ? other.optional : other;
  if (name === 'or' && !isOptionalType(other) && other !== 'dyn')
    return report(
      context,
      'expression/type',
      argument,
      '`or()` needs another value that may be missing',
      'use `orValue(…)`',
    );
  const joined = joinTypes(inner, plain);
  if (joined === undefined)
    return report(
      context,
      'expression/type',
      argument,
      `\`${name}()\` gives ${describeType(plain)} where the value is ${describeType(inner)}`,
    );
  return name === 'or' ? { optional: joined } : joined;
}

function checkFunction(
  node: Node,
  name: string,
  receiver: Node | undefined,
  args: readonly Node[],
  context: Context,
): Type {
  const all = receiver ? [receiver, ...args] : args;
  const types = all.map((argument) => checkPlain(argument, context));
  const known = functions.get(name);
  if (!known) return reportUnknownFunction(node, name, receiver, args, context);
  if (receiver ? known.form === 'function' : known.form === 'method')
    return report(
      context,
      'expression/type',
      node,
      receiver ? `\`${name}\` is a function, not a method` : `\`${name}\` is a method, not a function`,
      receiver ? `write \`${name}(…)\`` : `write \`x.${name}(…)\``,
    );
  const overload = known.overloads.find((candidate) => fits(candidate, types));
  if (!overload)
    return report(
      context,
      'expression/type',
      node,
      `\`${name}()\` takes ${describeOverloads(known, receiver !== undefined)}, not ${describeArguments(types.slice(receiver ? 1 : 0), receiver ? types[0] : undefined)}`,
    );
  const literals = all.map((argument) =>
    argument.op === 'value' && typeof argument.args === 'string' ? argument.args : undefined,
  );
  const problem = known.checkLiterals?.(literals);
  if (problem)
    report(
      context,
      problem.isUnsafePattern ? 'expression/unsafe-pattern' : 'expression/type',
      all[problem.index] ?? node,
      problem.message,
      problem.fix,
    );
  return typeof overload.result === 'function' ? overload.result(types) : overload.result;
}

/** True when arguments of these types may be given. */
function fits(overload: ExpressionFunction['overloads'][number], types: readonly Type[]): boolean {
  const { args, required = args.length, isVariadic = false } = overload;
  if (types.length < required || (!isVariadic && types.length > args.length)) return false;
  return types.every((type, index) => isAssignable(type, args[Math.min(index, args.length - 1)] ?? 'dyn'));
}

function reportUnknownFunction(
  node: Node,
  name: string,
  receiver: Node | undefined,
  args: readonly Node[],
  context: Context,
): 'dyn' {
  const near = nearestName(name, [...functions.keys(), ...macroNames]);
  const start = receiver ? receiver.end : node.start;
  const at = node.input.indexOf(name, start);
  const isWrongCount = macroNames.includes(name);
  return report(
    context,
    'expression/unknown-name',
    at < 0 ? node : { start: at, end: at + name.length },
    isWrongCount
      ? `\`${name}\` cannot be used like this, with ${args.length} argument${args.length === 1 ? '' : 's'}`
      : `there is no function \`${name}\``,
    near && !isWrongCount ? `did you mean \`${near}\`?` : undefined,
  );
}

function describeOverloads({ overloads }: ExpressionFunction, isMethod: boolean): string {
  const shown = overloads.map(({ args, required = args.length, isVariadic }) => {
    const list = args.slice(isMethod ? 1 : 0).map((type, index) => {
      const isLeftOut = index + (isMethod ? 1 : 0) >= required;
      return isLeftOut ? `${describeType(type)} if you like` : describeType(type);
    });
    const text = list.length === 0 ? 'nothing' : list.join(', then ');
    return `${text}${isVariadic ? ', …' : ''}${isMethod ? ` on ${describeType(args[0] ?? 'dyn')}` : ''}`;
  });
  return shown.join(' or ');
}

function describeArguments(types: readonly Type[], receiver: Type | undefined): string {
  const text = types.length === 0 ? 'nothing' : types.map(describeType).join(', then ');
  return receiver === undefined ? text : `${text} on ${describeType(receiver)}`;
}
