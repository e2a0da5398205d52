// The parser gives a run of comments behind a block to that block, also those of its lines that stand further left and speak
// of what follows. This gives them back: a comment behind a block belongs to it only as far right as its keys.

import type { CST } from 'yaml';

/** Changes the tokens that it is given. */
export function returnEndComments(tokens: readonly CST.Token[]): void {
  for (const token of tokens) {
    if (token.type !== 'document') continue;
    const left = token.value === undefined ? [] : overflow(token.value);
    if (left.length > 0) token.end = [...left, ...(token.end ?? [])];
  }
}

type Block = CST.BlockMap | CST.BlockSequence;

/** What stands further left than the block, taken out of it. */
function overflow(token: CST.Token): CST.SourceToken[] {
  if (token.type !== 'block-map' && token.type !== 'block-seq') return [];
  const items = token.items as { start: CST.SourceToken[]; value?: CST.Token }[];
  for (let i = 0; i < items.length; i++) {
    const { value } = items[i] ?? {};
    const left = value === undefined ? [] : overflow(value);
    if (left.length === 0) continue;
    const next = items[i + 1];
    if (next === undefined) items.push({ start: left });
    else next.start = [...left, ...next.start];
  }
  return takeFromEnd(token);
}

function takeFromEnd(block: Block): CST.SourceToken[] {
  const last = block.items.at(-1);
  if (last === undefined || last.value !== undefined || ('sep' in last && last.sep)) return [];
  if (!last.start.every(({ type }) => type === 'comment' || type === 'newline' || type === 'space'))
    return [];
  const at = last.start.findIndex(({ type, indent }) => type === 'comment' && indent < block.indent);
  if (at < 0) return [];
  // With the blank lines before it; the end of the line before stays.
  const before = last.start.slice(0, at).findLastIndex(({ type }) => type === 'comment');
  const cut = before < 0 ? 0 : before + 2;
  const left = last.start.splice(cut);
  if (last.start.length === 0) block.items.pop();
  return left;
}
