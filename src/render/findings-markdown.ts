// Findings for a pull request: the verdict first, the list after it, folded when it is long. What files say stays text.

import { formatCount } from '../base/index.ts';
import type { Finding } from '../diagnostic/index.ts';
import { code, escapeMarkdown, markdownOfMessage } from './markdown.ts';

export interface FindingsMarkdownOptions {
  /** The heading, in plain words: `Validate`, `Lint`. */
  readonly title: string;
  /** One sentence, first of all; what is counted when absent. */
  readonly verdict?: string;
  /** How many files were looked at. */
  readonly files?: number;
}

const marks = { error: '🔴 error', warning: '🟡 warning', info: '🔵 info' } as const;
const shownOpen = 20;
/** A comment of a pull request holds 65,536 characters; the rest is counted. */
const shownAtMost = 200;

export function renderFindingsMarkdown(
  findings: readonly Finding[],
  { title, verdict, files }: FindingsMarkdownOptions,
): string {
  const lines = [
    `### ${escapeMarkdown(title)}`,
    '',
    `**${escapeMarkdown(verdict ?? verdictOf(findings, files))}**`,
  ];
  if (findings.length > 0) {
    const table = ['| | where | what |', '| --- | --- | --- |', ...findings.slice(0, shownAtMost).map(row)];
    if (findings.length > shownAtMost)
      table.push('', `… and ${formatCount(findings.length - shownAtMost, 'more finding')}.`);
    lines.push(
      '',
      ...(findings.length <= shownOpen
        ? table
        : [
            `<details><summary>${formatCount(findings.length, 'finding')}</summary>`,
            '',
            ...table,
            '',
            '</details>',
          ]),
    );
  }
  return `${lines.join('\n')}\n`;
}

function verdictOf(findings: readonly Finding[], files: number | undefined): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const looked = files === undefined ? '' : `${formatCount(files, 'file')} checked: `;
  if (findings.length === 0) return `${looked}no findings`;
  return `${looked}${formatCount(count('error'), 'error')}, ${formatCount(count('warning'), 'warning')}`;
}

function row({ level, code: name, message, state, fix, place }: Finding): string {
  const where = place === undefined ? '' : code(`${place.file}:${place.line}:${place.column}`);
  const what = [
    markdownOfMessage(clip(message)),
    ...(state === undefined ? [] : [markdownOfMessage(clip(state))]),
    ...(fix === undefined ? [] : [`_fix:_ ${markdownOfMessage(clip(fix))}`]),
    `<sub>${code(name)}</sub>`,
  ];
  return `| ${marks[level]} | ${where} | ${what.join('<br>')} |`;
}

function clip(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 1000)}…`;
}
