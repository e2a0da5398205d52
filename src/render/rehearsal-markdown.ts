// The report of a rehearsal for a pull request. What files and databases say cannot become markup.

import { formatDuration } from '../base/index.ts';
import type { RehearsalReport } from '../drill/report.ts';
import { code, escapeMarkdown } from './markdown.ts';
import { rehearsalNotes, targetLines, verdict } from './rehearsal-text.ts';

export function renderRehearsalMarkdown(report: RehearsalReport): string {
  const lines = [
    `### Rehearsal: ${escapeMarkdown(report.runbook)}`,
    '',
    `**${escapeMarkdown(verdict(report))}**`,
    '',
    '| step | state | time | what |',
    '| --- | --- | ---: | --- |',
    ...report.steps.map(({ id, title, state, reason, durationMs }) => {
      const took = durationMs === undefined ? '' : formatDuration(durationMs);
      return `| ${code(id)} | ${state} | ${took} | ${escapeMarkdown(reason ?? title)} |`;
    }),
  ];
  for (const target of report.targets) {
    const [head = '', ...effects] = targetLines(target);
    lines.push(
      '',
      `**${escapeMarkdown(head)}**`,
      '',
      ...effects.map((line) => `- ${escapeMarkdown(line.trim())}`),
    );
  }
  const notes = rehearsalNotes(report);
  if (notes.length > 0) lines.push('', ...notes.map((note) => `- ${escapeMarkdown(note)}`));
  return `${lines.join('\n')}\n`;
}
