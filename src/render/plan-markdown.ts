// A plan for a pull request. What files and databases say cannot become markup.

import type { Plan, PlannedStep } from '../plan/plan.ts';
import { code, codeBlock, escapeMarkdown } from './markdown.ts';
import { stateWords } from './plan-text.ts';

export function renderPlanMarkdown(plan: Plan): string {
  const lines = [
    `### Plan: ${escapeMarkdown(plan.runbook.name)}`,
    '',
    `${escapeMarkdown(plan.runbook.title)} · ${code(plan.runbook.file)}`,
    '',
    plan.refusals.length > 0
      ? '**A run would be refused now.**'
      : plan.failures.length > 0
        ? '**A run would fail.**'
        : plan.wouldChange
          ? '**The run would change something.**'
          : 'The run would change nothing.',
    '',
    '| | step | effect | what |',
    '| --- | --- | --- | --- |',
    ...plan.steps.map(row),
  ];
  for (const { name, dangers = [] } of plan.targets)
    for (const danger of dangers) lines.push('', `- ${code(name)}: **${escapeMarkdown(danger)}**`);
  for (const { message, code: name } of plan.refusals)
    lines.push('', `- refused: ${escapeMarkdown(message)} (${code(name)})`);
  for (const { message, code: name } of plan.failures)
    lines.push('', `- fails: ${escapeMarkdown(message)} (${code(name)})`);
  for (const { message } of plan.warnings) lines.push('', `- warning: ${escapeMarkdown(message)}`);
  const sql = plan.steps.filter((step) => (step.sql ?? []).length > 0);
  for (const step of sql) {
    const text = (step.sql ?? []).join(';\n');
    lines.push(
      '',
      `<details><summary>SQL of ${escapeMarkdown(step.id)}</summary>`,
      '',
      codeBlock(text, 'sql'),
      '',
      '</details>',
    );
  }
  return `${lines.join('\n')}\n`;
}

function row(step: PlannedStep): string {
  const gate = step.gate === undefined ? [] : [`gate: ${step.gate}`];
  const final = step.pointOfNoReturn === undefined ? [] : [`point of no return: ${step.pointOfNoReturn}`];
  const what = [
    step.title,
    ...gate,
    ...final,
    ...(step.reason === undefined ? [] : [step.reason]),
    ...step.lines,
  ];
  return `| ${stateWords[step.state]} | ${code(step.id)} | ${step.effect} | ${what.map(escapeMarkdown).join('<br>')} |`;
}
