// A comparison as text: the verdict first, then each file with the worst on top. What files say cannot drive a terminal.

import { formatCount, padEnd, wrap } from '../base/index.ts';
import { escapeLine, type Place } from '../diagnostic/index.ts';
import type { Change } from '../review/diff/index.ts';
import type { Compared } from './diff-json.ts';
import type { Screen } from './renderer.ts';
import { createStyle, type Style } from './style.ts';

const labels = { danger: 'danger', caution: 'look at', info: 'info' } as const;
const margin = 10;

export function renderDiff(compared: Compared, screen: Pick<Screen, 'width' | 'hasColor'>): string {
  const { verdict, changes, files, runbooks } = compared;
  const style = createStyle(screen.hasColor);
  const lines = wrap(escapeLine(verdict), screen.width).map(style.strong);
  let file: string | undefined;
  for (const change of changes) {
    const at = (change.new ?? change.old)?.file ?? '';
    if (at !== file) lines.push('', style.name(escapeLine(at)));
    file = at;
    lines.push(...block(change, style, screen.width));
  }
  const looked = `${formatCount(files, 'file')} that ${files === 1 ? 'differs' : 'differ'}, ${formatCount(runbooks, 'runbook')} compared`;
  return `${[...lines, '', style.dim(looked)].join('\n')}\n`;
}

function block(change: Change, style: Style, width: number): string[] {
  const paint = { danger: style.bad, caution: style.careful, info: style.dim }[change.level];
  const indent = ' '.repeat(margin);
  const [first = '', ...rest] = wrap(escapeLine(change.message), Math.max(40, width - margin));
  const facts = [change.category, placeWords(change), ...(change.fix === undefined ? [] : [change.fix])];
  return [
    `  ${paint(padEnd(labels[change.level], margin - 2))}${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...wrap(escapeLine(facts.join(' · ')), Math.max(40, width - margin)).map(
      (line) => `${indent}${style.dim(line)}`,
    ),
  ];
}

/** `line 28`, `line 28, before 30`, `was in line 30`. */
function placeWords(change: Change): string {
  const { old, new: now } = change;
  if (now === undefined) return old === undefined ? '' : `was in line ${old.line}`;
  if (old === undefined) return `line ${now.line}`;
  if (old.file !== now.file) return `line ${now.line}, before ${shownPlace(old)}`;
  return old.line === now.line ? `line ${now.line}` : `line ${now.line}, before ${old.line}`;
}

function shownPlace({ file, line }: Place): string {
  return `${file}:${line}`;
}
