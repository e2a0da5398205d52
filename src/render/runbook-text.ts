// A runbook in words, for `belay show`: what a person needs to know before running it.

import { formatDuration, wrap } from '../base/index.ts';
import { escapeLine, escapeTerminal } from '../diagnostic/index.ts';
import type { Param, Runbook, Step } from '../runbook/runbook.ts';
import { paramDefaultWords, paramTypeWords } from './param-words.ts';
import { createStyle, type Style } from './style.ts';

export interface ShownStep {
  readonly step: Step;
  /** How it is taken back, in words. */
  readonly rollback: string;
  /** Who is asked before it, in words. */
  readonly gate?: string;
}

export interface ShownRunbook {
  readonly runbook: Runbook;
  readonly steps: readonly ShownStep[];
  /** A command line that would run it. */
  readonly command: string;
}

export function renderRunbook(
  { runbook, steps, command }: ShownRunbook,
  screen: { readonly width: number; readonly hasColor: boolean },
): string {
  const style = createStyle(screen.hasColor);
  const width = Math.min(screen.width, 100);
  const paragraph = (text: string, indent: number) =>
    wrap(escapeTerminal(text).trim(), width - indent).map((line) => `${' '.repeat(indent)}${line}`);
  const lines = [`${style.strong(escapeLine(runbook.name))}: ${escapeLine(runbook.title)}`];
  if (runbook.description !== '') lines.push('', ...paragraph(runbook.description, 0));
  lines.push('', style.dim(escapeLine(runbook.file)));
  const labels = Object.entries(runbook.labels).map(([name, value]) => `${name}=${value}`);
  if (labels.length > 0) lines.push(style.dim(escapeLine(labels.join(' · '))));
  if (runbook.params.length > 0) {
    lines.push('', style.strong('params'));
    for (const param of runbook.params) {
      lines.push(`  ${style.name(param.name)} ${style.dim(paramFacts(param))}`);
      if (param.description !== '') lines.push(...paragraph(param.description, 6));
    }
  }
  if (runbook.secrets.length > 0) {
    lines.push('', style.strong('secrets'));
    for (const { name, source } of runbook.secrets) {
      const from = 'env' in source ? `environment variable ${source.env}` : `file ${source.file}`;
      lines.push(`  ${style.name(name)} ${style.dim(escapeLine(`from ${from}`))}`);
    }
  }
  if (runbook.targets.length > 0) {
    lines.push('', style.strong('targets'));
    for (const target of runbook.targets) {
      const what =
        target.use === undefined
          ? `${target.driver ?? 'sqlite'} at ${target.isScratch === true ? 'scratch, made by the run' : (target.path?.source ?? '(no path)')}`
          : `${target.use.source} in the catalogue of belay.yaml`;
      lines.push(`  ${style.name(target.name)} ${style.dim(escapeLine(what))}`);
      if (target.backup?.kind === 'none') lines.push(...paragraph(`no backup: ${target.backup.reason}`, 6));
      if (target.discardsForeignWrites === true)
        lines.push(...paragraph('a restore goes on although others have written', 6));
      if (target.isExclusive === true)
        lines.push(...paragraph('nobody else may use it from the first change to `accept` or the end', 6));
    }
  }
  if (runbook.preconditions.length > 0) {
    lines.push('', style.strong('before anything, these must hold'));
    for (const step of runbook.preconditions) lines.push(...stepLines({ step, rollback: '' }, width, style));
  }
  lines.push('', style.strong('steps'));
  for (const step of steps) lines.push(...stepLines(step, width, style));
  if (runbook.always.length > 0) {
    lines.push('', style.strong('always, at the end'));
    for (const step of runbook.always) lines.push(...stepLines({ step, rollback: '' }, width, style));
  }
  const links = Object.entries(runbook.links);
  if (links.length > 0) {
    lines.push('', style.strong('links'));
    for (const [name, link] of links) lines.push(`  ${escapeLine(`${name}: ${link}`)}`);
  }
  lines.push('', style.strong('run it'), `  ${escapeLine(command)}`);
  return `${lines.join('\n')}\n`;
}

function paramFacts(param: Param): string {
  return escapeLine(`${paramTypeWords(param)}, ${paramDefaultWords(param)}`);
}

function stepLines({ step, rollback, gate }: ShownStep, width: number, style: Style): string[] {
  const effect = step.effect === 'destroy' || step.effect === 'change' ? style.careful : style.dim;
  const head = `  ${style.name(escapeLine(step.id))}  ${escapeLine(step.title)}`;
  const facts = [
    step.action ?? step.kind,
    ...(gate === undefined ? [] : [`gate: ${gate}`]),
    ...(step.if === undefined ? [] : [`only if ${step.if.source}`]),
    ...(step.forEach === undefined ? [] : [`once for each ${step.forEach.as}`]),
    ...(step.timeoutMs === undefined ? [] : [`at most ${formatDuration(step.timeoutMs)}`]),
    ...(step.retry === undefined ? [] : [`up to ${step.retry.limit} retries`]),
    ...(step.onFailure === 'continue' ? ['a failure does not stop the run'] : []),
    ...(rollback === '' || (step.effect === 'read' && step.rollback === undefined)
      ? []
      : [`undo: ${rollback}`]),
  ];
  const body = wrap(escapeLine(facts.join(' · ')), width - 17).map((line, i) =>
    i === 0
      ? `      ${effect(step.effect.padEnd(9))}${style.dim(line)}`
      : `${' '.repeat(15)}${style.dim(line)}`,
  );
  return [head, ...body];
}
