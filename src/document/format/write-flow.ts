// A collection in brackets on one line: `{ a: 1, b: [x, y] }`.

import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { writeScalar } from './write-scalar.ts';

/** Undefined when it cannot stand on one line: a comment in it, or a text of several lines. */
export function writeFlow(node: unknown, text: string): string | undefined {
  if (node === null || node === undefined) return 'null';
  const { commentBefore, comment } = node as Node;
  if (commentBefore || comment) return undefined;
  return inside(node, text);
}

/** As `writeFlow`, whatever stands before and behind the node itself. */
export function inside(node: unknown, text: string): string | undefined {
  if (isAlias(node)) return `*${node.source}`;
  const anchor = (node as { anchor?: string }).anchor;
  const content = isScalar(node) ? scalarText(node, text) : collectionText(node, text);
  return content === undefined || anchor === undefined ? content : `&${anchor} ${content}`;
}

function scalarText(node: Parameters<typeof writeScalar>[0], text: string): string | undefined {
  const { first, rest, isBlock } = writeScalar(node, text);
  if (rest.length > 0 || isBlock) return undefined;
  return first === '' ? 'null' : first;
}

function collectionText(node: unknown, text: string): string | undefined {
  if (!isCollection(node)) return undefined;
  const parts = node.items.map((item) =>
    isPair(item) ? pairText(item as Pair, text) : writeFlow(item, text),
  );
  if (parts.includes(undefined)) return undefined;
  if (isSeq(node)) return `[${parts.join(', ')}]`;
  return isMap(node) && parts.length > 0 ? `{ ${parts.join(', ')} }` : '{}';
}

function pairText({ key, value }: Pair, text: string): string | undefined {
  const [left, right] = [writeFlow(key, text), writeFlow(value, text)];
  return left === undefined || right === undefined ? undefined : `${left}: ${right}`;
}
