// Gives each comment to the key that it speaks of, so that it goes where the key goes. The YAML library gives a comment
// before the first key of a mapping to the mapping.

import { type Document, isCollection, isMap, isPair, isSeq, type Node, type YAMLMap } from 'yaml';
import { commentLines } from './write-comment.ts';

/** Takes what belongs to the file and to no key: what a blank line sets apart, and lines for editors. */
export function takeHead(document: Document.Parsed): string[] {
  const head = commentLines(document.commentBefore).filter((line) => !isDirective(line));
  const first = firstIn(document.contents);
  const [own, rest] = splitEditorLines(first?.commentBefore);
  if (first !== undefined) first.commentBefore = rest;
  const isApart = head.length > 0 && document.directives?.docStart !== true;
  return [...head, ...(isApart ? [''] : []), ...own];
}

/** `%YAML 1.2` was read as a comment, and says nothing. */
function isDirective(line: string): boolean {
  return /^#YAML[ \t]+1\.2/.test(line);
}

/** `# yaml-language-server: …` and what stands above it. */
function splitEditorLines(comment: string | null | undefined): [string[], string | null] {
  const lines = (comment ?? '').split('\n');
  const last = lines.findLastIndex((line) => /^\s*(yaml-language-server:|vim?:|-\*-)/.test(line));
  if (last < 0) return [[], comment ?? null];
  const rest = lines.slice(last + 1).join('\n');
  return [commentLines(lines.slice(0, last + 1).join('\n')), rest === '' ? null : rest];
}

/** Before the keys are sorted. What is left before a block afterwards stood behind its key: `key: # like this`. */
export function keepComments(node: Node | null, text: string): void {
  if (isSeq(node)) {
    for (const item of node.items as (Node | null)[]) {
      if (isMap(item) && item.flow !== true) giveBelowDash(item, text);
      keepComments(item, text);
    }
  }
  if (!isMap(node)) return;
  for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
    if (isCollection(value) && value.flow !== true) giveToFirst(value, hasCommentBehind(key, text));
    keepComments(value, text);
  }
}

/** `isBehind`: the first line of the comment stands behind the key, and stays there. */
export function giveToFirst(block: Node, isBehind: boolean): void {
  const first = firstIn(block);
  if (!block.commentBefore || first === undefined) return;
  const lines = block.commentBefore.split('\n');
  block.commentBefore = isBehind ? (lines.shift() ?? null) : null;
  if (lines.length > 0)
    first.commentBefore = [...lines, ...(first.commentBefore ? [first.commentBefore] : [])].join('\n');
}

/** Above the dash a comment speaks of the item, below a dash that stands alone of the first key. */
function giveBelowDash(item: Node, text: string): void {
  const first = firstIn(item);
  const lines = item.commentBefore?.split('\n') ?? [];
  let count = linesBelowDash(item.range?.[0] ?? 0, text);
  if (first === undefined || count === 0) return;
  let cut = lines.length;
  while (cut > 0 && count > 0) if (lines[--cut] !== '') count--;
  item.commentBefore = cut === 0 ? null : lines.slice(0, cut).join('\n');
  first.commentBefore = lines.slice(cut).join('\n');
}

/** Comments between a dash that stands alone and what begins at `start`. */
function linesBelowDash(start: number, text: string): number {
  let count = 0;
  let end = text.lastIndexOf('\n', start - 1);
  if (text.slice(end + 1, start).trim() !== '') return 0;
  while (end > 0) {
    const before = text.lastIndexOf('\n', end - 1);
    const line = text.slice(before + 1, end).trim();
    if (line.startsWith('#')) count++;
    else if (line !== '') return /^(- +)*-( +[#&].*)?$/.test(line) ? count : 0;
    end = before;
  }
  return 0;
}

function hasCommentBehind(key: Node, text: string): boolean {
  const end = key.range?.[1] ?? 0;
  return text.slice(end, text.indexOf('\n', end)).includes('#');
}

/** The key or the item that a block begins with. */
function firstIn(node: unknown): Node | undefined {
  const first = isCollection(node) ? node.items[0] : undefined;
  return (isPair(first) ? first.key : first) as Node | undefined;
}
