// A plan as text for people, and for keeping: the same on every machine.

import { padEnd, wrap } from '../base/index.ts';
import { escapeLine, escapeTerminal, type Finding } from '../diagnostic/index.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import { formatParam } from './format.ts';
import { createStyle, type Style } from './style.ts';

export const stateWords: Readonly<Record<PlannedStep['state'], string>> = {
  'would-run': 'would run',
  'skipped-by-condition': 'skipped',
  'unknown-until-run': 'unknown',
  'not-simulated': 'not simulated',
};

const stateWidth = 17;

export function renderPlan(
  plan: Plan,
  screen: { readonly width: number; readonly hasColor: boolean; readonly folder?: string },
): string {
  const style = createStyle(screen.hasColor);
  const width = Math.max(40, screen.width);
  const lines = [
    `${style.strong(escapeLine(plan.runbook.name))}: ${escapeLine(plan.runbook.title)}`,
    style.dim(escapeLine(plan.runbook.file)),
  ];
  if (plan.environment !== undefined) lines.push(style.dim(`environment ${escapeLine(plan.environment)}`));
  const params = Object.entries(plan.shownParams ?? plan.params).filter(([, value]) => value !== null);
  if (params.length > 0) {
    lines.push('', style.strong('params'));
    const nameWidth = Math.min(24, Math.max(...params.map(([name]) => name.length)));
    for (const [name, value] of params) {
      lines.push(
        ...hang(
          `  ${style.name(padEnd(name, nameWidth))}  `,
          nameWidth + 4,
          formatParam(value, screen.folder),
          width,
        ),
      );
    }
  }
  lines.push('', style.strong('targets'));
  for (const target of plan.targets) {
    const facts = [
      target.path,
      target.condition,
      target.takesLease ? `${target.effect}, leased` : 'only read',
      `store ${target.store}`,
      ...(target.fixture === undefined ? [] : [`planned on ${target.fixture}`]),
    ];
    lines.push(
      ...hang(`  ${style.name(escapeLine(target.name))}  `, target.name.length + 4, facts.join(' · '), width),
    );
    const indent = ' '.repeat(target.name.length + 4);
    for (const danger of target.dangers ?? [])
      lines.push(...hang(indent, indent.length, danger, width).map((line) => style.bad(line)));
  }
  lines.push('', style.strong('steps'));
  for (const step of plan.steps) lines.push(...stepLines(step, width, style));
  lines.push('', ...closing(plan, width, style));
  return `${lines.join('\n')}\n`;
}

function stepLines(step: PlannedStep, width: number, style: Style): string[] {
  const paint =
    { 'would-run': style.good, 'skipped-by-condition': style.dim }[step.state as string] ?? style.careful;
  const indent = ' '.repeat(stateWidth);
  const state = `  ${paint(stateWords[step.state])}${' '.repeat(stateWidth - 2 - stateWords[step.state].length)}`;
  const title = step.kind === 'precondition' ? `must hold: ${step.title}` : step.title;
  const lines = hang(
    `${state}${style.name(escapeLine(step.id))}  `,
    stateWidth + step.id.length + 2,
    title,
    width,
  );
  const add = (text: string) => lines.push(...hang(indent, stateWidth, text, width));
  if (step.gate !== undefined) add(`gate: ${step.gate}`);
  if (step.reason !== undefined) add(step.reason);
  if (step.pointOfNoReturn !== undefined)
    lines.push(
      ...hang(indent, stateWidth, `point of no return: ${step.pointOfNoReturn}`, width).map((line) =>
        style.bad(line),
      ),
    );
  for (const line of step.lines) add(line);
  for (const sql of step.sql ?? [])
    for (const line of wrap(escapeTerminal(sql).trim(), Math.max(24, width - stateWidth)))
      lines.push(`${indent}${style.dim(line)}`);
  if (step.kind === 'step' && step.effect !== 'read') {
    const facts = [step.effect, ...(step.backup === undefined ? [] : [`backup: ${step.backup}`])];
    if (step.onFailure !== 'rollback') facts.push(`on failure: ${step.onFailure}`);
    lines.push(...hang(indent, stateWidth, facts.join(' · '), width).map((line) => style.dim(line)));
  }
  return lines;
}

function closing(plan: Plan, width: number, style: Style): string[] {
  const lines: string[] = [];
  const said = ({ message, code, place, fix }: Finding): string[] => [
    ...hang('  ', 2, `${message} [${code}]`, width),
    ...(place === undefined ? [] : hang('  ', 2, `at ${place.file}:${place.line}:${place.column}`, width)),
    ...(fix === undefined ? [] : hang('  ', 2, `fix: ${fix}`, width)),
  ];
  for (const warning of plan.warnings)
    lines.push(...hang(`${style.careful('warning')}  `, 9, warning.message, width));
  const [refused, failing] = [plan.refusals, plan.failures];
  if (refused.length > 0) lines.push(style.bad('a run would be refused now:'), ...refused.flatMap(said));
  if (failing.length > 0) lines.push(style.bad('a run would fail:'), ...failing.flatMap(said));
  if (refused.length + failing.length > 0) return lines;
  lines.push(
    plan.wouldChange
      ? 'The run would change something. Nothing has been changed by this plan.'
      : 'The run would change nothing.',
  );
  return lines;
}

/** `first` (already coloured, `used` columns wide), then the text, wrapped under itself. */
function hang(first: string, used: number, text: string, width: number): string[] {
  return wrap(escapeLine(text), Math.max(24, width - used)).map((line, i) =>
    i === 0 ? `${first}${line}` : `${' '.repeat(used)}${line}`,
  );
}
