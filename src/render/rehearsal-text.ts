// The report of a rehearsal for a terminal or a file: what each step did, and what became of each target.

import { formatCount, formatDuration, formatSize } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { RehearsalReport, RehearsedTarget } from '../drill/report.ts';

export function renderRehearsal(report: RehearsalReport): string {
  const width = Math.max(0, ...report.steps.map(({ id }) => id.length));
  const lines = [
    `Rehearsal of ${report.runbook}: ${report.title}`,
    '',
    ...report.steps.map(({ id, title, state, reason, durationMs }) => {
      const took = durationMs === undefined ? '' : `, ${formatDuration(durationMs)}`;
      return `  ${id.padEnd(width)}  ${state}${took}: ${reason ?? title}`;
    }),
    ...report.targets.flatMap((target) => ['', ...targetLines(target).map(indent)]),
    '',
    ...rehearsalNotes(report),
    verdict(report),
  ];
  return `${lines.map(escapeLine).join('\n')}\n`;
}

export function targetLines(target: RehearsedTarget): string[] {
  const { name, path, bytesBefore, bytesAfter, effects, reason } = target;
  const size =
    bytesBefore === bytesAfter
      ? formatSize(bytesBefore)
      : `${formatSize(bytesBefore)} → ${formatSize(bytesAfter)}`;
  return [
    `${name} (${path}): ${size}`,
    ...(effects === undefined ? [reason ?? ''] : effectLines(effects)).map(indent),
  ];
}

function effectLines({ schema, tables }: NonNullable<RehearsedTarget['effects']>): string[] {
  const objects = (['added', 'changed', 'removed'] as const).flatMap((what) =>
    schema[what].map((object) => `${object}: ${what}`),
  );
  const rows = tables.map(({ table, ...numbers }) => {
    const parts = (['added', 'changed', 'removed'] as const)
      .filter((what) => numbers[what] > 0)
      .map((what) => `${formatCount(numbers[what], 'row')} ${what}`);
    return `${table}: ${parts.join(', ')}`;
  });
  const lines = [...objects, ...rows];
  return lines.length === 0 ? ['schema and rows as before'] : lines;
}

/** What a reader must know before believing it. */
export function rehearsalNotes({ gates, steps, warnings, failure, failedStep }: RehearsalReport): string[] {
  const left = steps.filter(({ state }) => state === 'not-simulated').map(({ id }) => id);
  return [
    ...(gates.length === 0 ? [] : [`gates passed without asking: ${gates.join(', ')}`]),
    ...(left.length === 0 ? [] : [`not simulated: ${left.join(', ')}`]),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(failure === undefined
      ? []
      : [
          `failed${failedStep === undefined ? '' : ` in step ${failedStep}`}: ${failure.message} [${failure.code}]`,
          ...(failure.place === undefined ? [] : [`at: ${failure.place}`]),
        ]),
  ];
}

export function verdict({ exitCode, state }: RehearsalReport): string {
  return `a run would have ended as ${state}, exit ${exitCode}; it was a rehearsal on copies, and nothing of them is kept`;
}

function indent(line: string): string {
  return `  ${line}`;
}
