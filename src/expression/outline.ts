// Expressions in one form, for comparing: whatever the spaces, quotes, brackets and the order of `&&`, two that mean the
// same read the same, and a condition shows its parts. Evaluates nothing.

import { parseDuration, parseSize } from '../base/index.ts';
import { namePath, showPath } from './name-path.ts';
import { type Node, parseExpression } from './parse.ts';
import { scanTemplate } from './scan.ts';

/** A condition as a reader weighs it. `text` is its one form, `source` what is written. */
export type Condition = Combination | Comparison | Other;

interface Written {
  readonly text: string;
  readonly source: string;
  /** It compares a thing with itself: it holds whatever the world is like. */
  readonly isAlways?: boolean;
}

interface Combination extends Written {
  readonly kind: 'all' | 'any';
  readonly parts: readonly Condition[];
}

interface Other extends Written {
  readonly kind: 'other';
}

/** `left` below or above a constant: milliseconds of a duration, bytes of a size. */
export interface Comparison extends Written {
  readonly kind: 'below' | 'above';
  readonly left: string;
  readonly bound: number;
  readonly isInclusive: boolean;
}

/** A text with its expressions in one form; what cannot be read stays as it is. */
export function normalTemplate(text: string): string {
  const { parts, problems } = scanTemplate(text);
  if (problems.length > 0) return text;
  return parts
    .map((part) =>
      part.kind === 'literal' ? part.text.replaceAll('${{', '$${{') : `\${{ ${normal(part.source)} }}`,
    )
    .join('');
}

/** The condition of a scalar that is one whole expression. */
export function readCondition(text: string): Condition {
  const [part, ...others] = scanTemplate(text.trim()).parts;
  if (part?.kind !== 'expression' || others.length > 0) return { kind: 'other', text, source: text };
  const parsed = parseExpression(part.source);
  return 'node' in parsed ? conditionOf(parsed.node, part.source) : { kind: 'other', text, source: text };
}

function normal(source: string): string {
  const parsed = parseExpression(source);
  return 'node' in parsed ? write(parsed.node) : source.trim();
}

function conditionOf(node: Node, whole: string): Condition {
  const written = { text: write(node), source: whole.slice(node.start, node.end) };
  if (node.op === '&&' || node.op === '||')
    return {
      ...written,
      kind: node.op === '&&' ? 'all' : 'any',
      parts: operandsOf(node, node.op).map((each) => conditionOf(each, whole)),
    };
  if (isAlways(node)) return { ...written, kind: 'other', isAlways: true };
  return comparisonOf(node, written) ?? { ...written, kind: 'other' };
}

const reflexive: ReadonlySet<string> = new Set(['==', '<=', '>=']);

function isAlways(node: Node): boolean {
  if (!reflexive.has(node.op)) return false;
  const [left, right] = (node.args as [Node, Node]).map(write);
  return left === right;
}

const below: ReadonlySet<string> = new Set(['<', '<=']);
const above: ReadonlySet<string> = new Set(['>', '>=']);

function comparisonOf(node: Node, written: Written): Comparison | undefined {
  if (!below.has(node.op) && !above.has(node.op)) return undefined;
  const [first, second] = node.args as [Node, Node];
  const isInclusive = node.op.endsWith('=');
  const isBelow = below.has(node.op);
  const right = boundOf(second);
  if (right !== undefined)
    return { ...written, kind: isBelow ? 'below' : 'above', left: write(first), bound: right, isInclusive };
  const left = boundOf(first);
  if (left === undefined) return undefined;
  return { ...written, kind: isBelow ? 'above' : 'below', left: write(second), bound: left, isInclusive };
}

/** The number that a constant stands for. */
function boundOf(node: Node): number | undefined {
  if (node.op === 'value') {
    const value: unknown = node.args;
    return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined;
  }
  if (node.op === '-_') {
    const inner = boundOf(node.args);
    return inner === undefined ? undefined : -inner;
  }
  if (node.op !== 'call') return undefined;
  const [name, [argument]] = node.args;
  const text: unknown = argument?.op === 'value' ? argument.args : undefined;
  if (typeof text !== 'string') return undefined;
  if (name === 'duration') return parseDuration(text);
  return name === 'parseSize' ? parseSize(text) : undefined;
}

/** `a && (b && c)` has three operands. */
function operandsOf(node: Node, op: '&&' | '||'): Node[] {
  if (node.op !== op) return [node];
  const [left, right] = node.args as [Node, Node];
  return [...operandsOf(left, op), ...operandsOf(right, op)];
}

/** Operators whose sides may change places. */
const symmetric: ReadonlySet<string> = new Set(['==', '!=']);
const turned: Readonly<Record<string, string>> = { '>': '<', '>=': '<=' };

function write(node: Node): string {
  const path = namePath(node);
  if (path !== undefined && node.op !== '.?' && node.op !== '[?]' && !hasOptional(node))
    return showPath(path);
  switch (node.op) {
    case 'value':
      return writeValue(node.args);
    case 'id':
      return node.args;
    case '.':
    case '.?':
      return `${write(node.args[0])}${node.op === '.' ? '.' : '.?'}${node.args[1]}`;
    case '[]':
    case '[?]':
      return `${write(node.args[0])}${node.op === '[]' ? '[' : '[?'}${write(node.args[1])}]`;
    case 'list':
      return `[${node.args.map(write).join(', ')}]`;
    case 'map':
      return `{${node.args
        .map(([key, value]) => `${write(key)}: ${write(value)}`)
        .sort()
        .join(', ')}}`;
    case 'call':
      return `${node.args[0]}(${node.args[1].map(write).join(', ')})`;
    case 'rcall':
      return `${write(node.args[1])}.${node.args[0]}(${node.args[2].map(write).join(', ')})`;
    case '?:':
      return `(${write(node.args[0])} ? ${write(node.args[1])} : ${write(node.args[2])})`;
    case '&&':
    case '||':
      return `(${[...new Set(operandsOf(node, node.op).map(write))].sort().join(` ${node.op} `)})`;
    case '!_':
      return `!${write(node.args)}`;
    case '-_':
      return `-${write(node.args)}`;
    default: {
      const [left, right] = (node.args as [Node, Node]).map(write) as [string, string];
      const other = turned[node.op];
      if (other !== undefined) return `(${right} ${other} ${left})`;
      const sides = symmetric.has(node.op) ? [left, right].sort() : [left, right];
      return `(${sides.join(` ${node.op} `)})`;
    }
  }
}

function hasOptional(node: Node): boolean {
  if (node.op === '.?' || node.op === '[?]') return true;
  return (node.op === '.' || node.op === '[]') && hasOptional(node.args[0]);
}

/** All numbers are double in our expressions: `1` and `1.0` are one. */
function writeValue(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return `b${JSON.stringify([...value])}`;
  return JSON.stringify(value) ?? String(value);
}
