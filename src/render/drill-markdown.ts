// The report of a drill for a pull request: verdict and table first, the rest folded. What files and databases say cannot
// become markup.

import { formatDuration } from '../base/index.ts';
import type { DrillReport } from '../drill/faults/report.ts';
import { cellOf, drillNotes, drillVerdict, faultTitles, holesOf, stepsAndFaults } from './drill-words.ts';
import { code, escapeMarkdown, markdownOfMessage } from './markdown.ts';

export function renderDrillMarkdown(report: DrillReport): string {
  const holes = holesOf(report);
  const placeOf = (id: string | undefined): string => {
    const step = report.steps.find((each) => each.id === id);
    return step === undefined ? '' : ` (${code(`${step.file}:${step.line}`)})`;
  };
  const notes = drillNotes(report);
  return `${[
    `### Drill: ${escapeMarkdown(report.runbook)}`,
    '',
    `**${markdownOfMessage(drillVerdict(report))}**`,
    '',
    `| step | ${faultTitles.map(([, title]) => title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(faultTitles.length)}`,
    ...report.steps.map(({ id }) => {
      const cells = faultTitles.map(([kind]) => {
        const fault = report.faults.find((each) => each.step === id && each.fault === kind);
        const cell = cellOf(fault, holes);
        return fault?.verdict === 'hole' ? `**${cell}**` : cell;
      });
      return `| ${code(id)} | ${cells.join(' | ')} |`;
    }),
    ...holes.flatMap(({ reason, faults }, i) => [
      '',
      `**HOLE ${i + 1}**: ${escapeMarkdown(stepsAndFaults(faults))}${placeOf(faults[0]?.step)}: ${markdownOfMessage(reason)}`,
    ]),
    '',
    '<details><summary>What the table means, and what it does not prove</summary>',
    '',
    ...faultTitles.map(([, title, meaning]) => `- ${title}: ${markdownOfMessage(meaning)}`),
    ...notes.flatMap(({ title, lines }) => [
      '',
      `${escapeMarkdown(title)}:`,
      '',
      ...lines.map((line) => `- ${markdownOfMessage(line)}`),
    ]),
    '',
    `Seed ${report.seed}, ${formatDuration(report.durationMs)}, on copies of which nothing is kept.`,
    '',
    '</details>',
  ].join('\n')}\n`;
}
