// The report of a drill for a terminal or a file: the verdict, one line for each step, then each hole in full.

import { formatCount, formatDuration, wrap } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { DrillReport } from '../drill/faults/report.ts';
import {
  cellOf,
  drillNotes,
  drillVerdict,
  faultTitles,
  type Hole,
  holesOf,
  stepsAndFaults,
} from './drill-words.ts';
import { createStyle, type Style } from './style.ts';
import { renderTable } from './table.ts';

const widest = 110;

export function renderDrill(
  report: DrillReport,
  screen: { readonly width: number; readonly hasColor: boolean },
): string {
  const style = createStyle(screen.hasColor);
  const width = Math.min(screen.width, widest);
  const holes = holesOf(report);
  const isGood = holes.length === 0 && report.undisturbed.problem === undefined;
  const paint = isGood ? style.good : style.bad;
  const lines = [...wrap(escapeLine(`${report.runbook}: ${drillVerdict(report)}`), width).map(paint), ''];
  const legend = faultTitles.map(([, title, meaning]) => hang(`  ${title.padEnd(13)}`, meaning, width));
  return [
    ...lines,
    tableOf(report, { ...screen, width }).trimEnd(),
    ...holes.flatMap((hole, i) => holeLines(report, hole, i + 1, width, style)),
    ...drillNotes(report).flatMap(({ title, lines: told }) => [
      '',
      ...wrap(title, width).map(style.strong),
      ...told.flatMap((line) => hang('  ', escapeLine(line), width)),
    ]),
    '',
    style.strong('How to read the table'),
    ...legend.flat(),
    ...hang(
      '  ',
      'Every cell says where that left the targets: `before` the run, `after` an undisturbed one, `kept` as declared.',
      width,
    ),
    '',
    ...wrap(escapeLine(factsOf(report)), width),
    '',
  ].join('\n');
}

function tableOf(
  report: DrillReport,
  screen: { readonly width: number; readonly hasColor: boolean },
): string {
  const holes = holesOf(report);
  return renderTable(
    [{ title: 'step', shrink: 'end' }, ...faultTitles.map(([, title]) => ({ title }))],
    report.steps.map(({ id }) => [
      id,
      ...faultTitles.map(([kind]) =>
        cellOf(
          report.faults.find(({ step, fault }) => step === id && fault === kind),
          holes,
        ),
      ),
    ]),
    screen,
  );
}

function holeLines(
  report: DrillReport,
  { reason, faults }: Hole,
  number: number,
  width: number,
  style: Style,
): string[] {
  const first = report.steps.find(({ id }) => id === faults[0]?.step);
  const place = first === undefined ? '' : ` (${first.file}:${first.line})`;
  const trails = [...new Set(faults.flatMap(({ trail }) => (trail === undefined ? [] : [trail])))];
  return [
    '',
    ...hang(`HOLE ${number}  `, escapeLine(`${stepsAndFaults(faults)}${place}`), width).map(style.bad),
    ...hang('  ', escapeLine(reason), width),
    ...hang('  ', escapeLine(`exit codes: ${trails.join('; ')}`), width),
  ];
}

function factsOf({ seed, faults, durationMs, budgetMs }: DrillReport): string {
  const injected = faults.filter(({ verdict }) => verdict !== 'none' && verdict !== 'late').length;
  return `${formatCount(injected, 'fault')} in ${formatDuration(durationMs)} of ${formatDuration(budgetMs)}, on copies of which nothing is kept. The same instants again: --seed ${seed}`;
}

function hang(head: string, text: string, width: number): string[] {
  return wrap(text, Math.max(20, width - head.length)).map(
    (line, i) => `${i === 0 ? head : ' '.repeat(head.length)}${line}`,
  );
}
