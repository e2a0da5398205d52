// A comparison as a comment of a pull request: the verdict first, what is dangerous open, the rest folded. What files say
// stays text.

import { formatCount } from '../base/index.ts';
import type { Change, ChangeLevel } from '../review/diff/index.ts';
import type { Compared } from './diff-json.ts';
import { code, markdownOfMessage } from './markdown.ts';

/** A comment of a pull request holds 65,536 characters; the rest is counted. */
const shownAtMost = { danger: 60, caution: 60, info: 40 } as const;
const longest = 400;

export function renderDiffMarkdown({ verdict, changes, files, runbooks }: Compared): string {
  const of = (level: ChangeLevel) => changes.filter((change) => change.level === level);
  const [danger, caution, info] = [of('danger'), of('caution'), of('info')];
  const mark = danger.length > 0 ? '🔴' : caution.length > 0 ? '🟡' : '🟢';
  const lines = [
    '### Runbook changes',
    '',
    `${mark} **${markdownOfMessage(verdict)}**`,
    ...section(danger, 'danger'),
    ...folded(`${caution.length} to look at`, section(caution, 'caution')),
    ...folded(`${info.length} for information`, section(info, 'info')),
    '',
    `<sub>${formatCount(files, 'file')} that ${files === 1 ? 'differs' : 'differ'}, ${formatCount(runbooks, 'runbook')} compared</sub>`,
  ];
  return `${lines.join('\n')}\n`;
}

function folded(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `<details><summary>${title}</summary>`, ...lines, '', '</details>'];
}

function section(changes: readonly Change[], level: ChangeLevel): string[] {
  if (changes.length === 0) return [];
  const most = shownAtMost[level];
  const more = changes.length - most;
  return [
    '',
    '| where | what |',
    '| --- | --- |',
    ...changes.slice(0, most).map(row),
    ...(more > 0 ? ['', `… and ${more} more.`] : []),
  ];
}

function row(change: Change): string {
  const { message, category, fix } = change;
  const text = message.length > longest ? `${message.slice(0, longest - 1)}…` : message;
  const what = [
    `**${category}**: ${markdownOfMessage(text)}`,
    ...(fix === undefined ? [] : [`fix: ${code(fix)}`]),
  ];
  return `| ${whereOf(change)} | ${what.join('<br>')} |`;
}

function whereOf({ old, new: now }: Change): string {
  if (now === undefined) return old === undefined ? '' : `~~${code(`${old.file}:${old.line}`)}~~`;
  return code(`${now.file}:${now.line}`);
}
