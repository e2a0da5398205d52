// Nodes → lines, in the canonical layout: two columns for each level, one space behind `:` and `-`, at most one blank line,
// brackets where they were and fit, comments where they were.

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { behind, commentLines } from './write-comment.ts';
import { inside } from './write-flow.ts';
import { writeScalar } from './write-scalar.ts';

/** Brackets that would go further are written as a block. */
const widest = 120;

export function writeBlock(node: Node, text: string, column: number): string[] {
  if (isMap(node)) return writeMap(node as YAMLMap<Node, Node | null>, text, column);
  return isSeq(node)
    ? writeList(node as YAMLSeq<Node | null>, text, column)
    : writeValue('', node, text, column).slice(0);
}

function writeMap(map: YAMLMap<Node, Node | null>, text: string, column: number): string[] {
  return map.items.flatMap((pair, i) => [
    ...(i > 0 && pair.key.spaceBefore === true ? [''] : []),
    ...commentLines(pair.key.commentBefore),
    ...commentLines(pair.key.comment),
    ...writePair(pair, text, column),
  ]);
}

function writePair({ key, value }: Pair<Node, Node | null>, text: string, column: number): string[] {
  const head = `${anchorOf(key)}${isScalar(key) ? writeScalar(key, text).first : ''}:`;
  if (value === null) return [head];
  const lines = commentLines(value.commentBefore);
  const [first = '', ...rest] = writeValue(head, value, text, column);
  // A block has kept what stood behind its key; what stood before anything else goes above it.
  const isBehind = !isInline(value) && !isFlow(value);
  return isBehind ? [[first, ...lines].join(' '), ...rest] : [...lines, first, ...rest];
}

function writeList(list: YAMLSeq<Node | null>, text: string, column: number): string[] {
  return list.items.flatMap((item, i) => {
    if (item === null) return ['-'];
    const lines = item.spaceBefore === true && i > 0 ? [''] : [];
    return [...lines, ...commentLines(item.commentBefore), ...writeItem(item, text, column)];
  });
}

function writeItem(item: Node, text: string, column: number): string[] {
  if (!isBlockNow(item, '-', text, column)) return writeValue('-', item, text, column);
  const { same, below } = isFlow(item) ? behind(item.comment) : { same: '', below: [] };
  const end = isFlow(item) ? below : commentLines(item.comment);
  const body = writeBlock(item, text, column + 2);
  const anchor = anchorOf(item).trimEnd();
  if (anchor !== '') return [`- ${anchor}${same}`, ...body.map(indented), ...end.map(indented)];
  // Above the dash: behind it, a comment would belong to the whole.
  const at = body.findIndex((line) => line !== '' && !line.startsWith('#'));
  const [above, [first = '', ...rest]] = [body.slice(0, at), body.slice(at)];
  return [
    ...(same === '' ? [] : [same.trim()]),
    ...above,
    `- ${first}`,
    ...rest.map(indented),
    ...end.map(indented),
  ];
}

/** `head` and the value: on one line, as a text of several, or as a block below. */
function writeValue(head: string, value: Node, text: string, column: number): string[] {
  const { same, below } = behind(value.comment);
  if (isScalar(value) && value.range?.[0] === value.range?.[1])
    return [`${head}${space(anchorOf(value).trimEnd())}${same}`, ...below];
  if (isScalar(value)) {
    const { first, rest, isBlock } = writeScalar(value, text);
    const line = `${head} ${anchorOf(value)}${first}`;
    if (rest.length === 0 || isBlock) return [`${line}${same}`, ...rest, ...below];
    return [line, ...rest.slice(0, -1), `${rest.at(-1)}${same}`, ...below];
  }
  if (!isBlockNow(value, head, text, column)) return [`${head} ${inside(value, text)}${same}`, ...below];
  const body = writeBlock(value, text, column + 2);
  if (isFlow(value))
    return [`${head}${space(anchorOf(value).trimEnd())}${same}`, ...[...below, ...body].map(indented)];
  return [
    `${head}${space(anchorOf(value).trimEnd())}`,
    ...[...body, ...commentLines(value.comment)].map(indented),
  ];
}

/** Whether a value goes into lines below its key: a block that was one, and brackets that do not fit. */
function isBlockNow(value: Node, head: string, text: string, column: number): boolean {
  if (isInline(value)) return false;
  if (!isFlow(value)) return true;
  const line = inside(value, text);
  const isEmpty = (isMap(value) || isSeq(value)) && value.items.length === 0;
  return !isEmpty && (line === undefined || column + head.length + 1 + line.length > widest);
}

function isFlow(node: Node): boolean {
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

function isInline(node: Node): boolean {
  return isAlias(node) || isScalar(node);
}

function anchorOf(node: Node): string {
  const { anchor } = node as { anchor?: string };
  return anchor === undefined ? '' : `&${anchor} `;
}

function space(word: string): string {
  return word === '' ? '' : ` ${word}`;
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}
