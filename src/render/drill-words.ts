// The words of a drill, the same in every format: the verdict, the cells of its table, what a reader must know.

import { formatCount, formatDuration } from '../base/index.ts';
import type { FaultKind } from '../drill/faults/fault.ts';
import type { DrilledFault, DrillReport } from '../drill/faults/report.ts';

export const faultTitles: readonly (readonly [FaultKind, title: string, meaning: string])[] = [
  ['before', 'fails first', 'the step fails before it does anything'],
  ['after', 'fails last', 'it fails once it has done its work'],
  ['kill', 'killed', 'kill -9 of the engine during it, then `belay rollback`'],
  ['resume', 'resumed', 'kill -9 of the engine during it, then `belay resume`'],
  ['sql', 'SQL killed', 'kill -9 of the process that does its SQL'],
  [
    'rollback',
    'undo killed',
    'it fails last, kill -9 of the engine during the rollback, then `belay rollback`',
  ],
];

/** Faults that come to the same, in the order of the table. */
export interface Hole {
  readonly reason: string;
  readonly faults: readonly DrilledFault[];
}

export function holesOf({ faults }: DrillReport): readonly Hole[] {
  const holes = new Map<string, DrilledFault[]>();
  for (const fault of faults) {
    if (fault.verdict !== 'hole') continue;
    const reason = fault.reason ?? '';
    holes.set(reason, [...(holes.get(reason) ?? []), fault]);
  }
  return [...holes].map(([reason, same]) => ({ reason, faults: same }));
}

export function drillVerdict(report: DrillReport): string {
  const { faults, undisturbed, isInterrupted } = report;
  const holes = faults.filter(({ verdict }) => verdict === 'hole');
  const injected = faults.filter(({ verdict }) => verdict !== 'none' && verdict !== 'late').length;
  const late = faults.filter(({ verdict }) => verdict === 'late').length;
  const parts: string[] = [];
  if (isInterrupted) parts.push('interrupted before it was through');
  if (undisturbed.problem !== undefined)
    parts.push(
      `the run fails without any fault${undisturbed.failedStep === undefined ? '' : `, in \`${undisturbed.failedStep}\``} (exit ${undisturbed.exitCode}: ${undisturbed.problem})`,
    );
  if (holes.length > 0) {
    const steps = [...new Set(holes.map(({ step }) => `\`${step}\``))].join(', ');
    parts.push(
      `${holes.length} of ${formatCount(injected, 'fault')} ${holes.length === 1 ? 'leaves' : 'leave'} a HOLE, in ${steps}`,
    );
  } else if (injected > 0) {
    parts.push(`no hole in ${formatCount(injected, 'fault')}`);
  } else {
    parts.push('nothing is proven: no fault was injected');
  }
  if (late > 0 && !isInterrupted)
    parts.push(`${formatCount(late, 'fault')} NOT REACHED in ${formatDuration(report.budgetMs)}`);
  return parts.join('; ');
}

/** The cell of a fault; holes have the number of their cause. */
export function cellOf(fault: DrilledFault | undefined, holes: readonly Hole[]): string {
  if (fault === undefined) return '-';
  switch (fault.verdict) {
    case 'none':
      return '-';
    case 'late':
      return 'late';
    case 'hole':
      return `HOLE ${holes.findIndex((hole) => hole.faults.includes(fault)) + 1}`;
    default:
      return fault.verdict;
  }
}

export interface DrillNote {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What a reader must know before believing the table; only what applies. */
export function drillNotes(report: DrillReport): DrillNote[] {
  const { faults, undisturbed, stubbed, notSimulated, unproven, gates } = report;
  const own = undisturbed.differs.map(({ target, what }) => `\`${target}\`: ${what}`);
  const notes: DrillNote[] = [
    {
      title: 'Two undisturbed runs differ by themselves; there the journal and the checks of the run decide',
      lines: own,
    },
    {
      title: 'Kept, as the runbook declares',
      lines: (['before', 'after', 'kept'] as const).flatMap((verdict) =>
        reasonsOf(
          faults.filter(({ reason }) => reason !== undefined && !isForAPerson(reason)),
          verdict,
        ),
      ),
    },
    {
      title: 'After, and a person has to say so: it ends at a point of no return',
      lines: reasonsOf(
        faults.filter(({ reason }) => isForAPerson(reason)),
        'after',
      ),
    },
    { title: 'Not injected', lines: reasonsOf(faults, 'none') },
    { title: 'Late: not reached', lines: report.isInterrupted ? [] : reasonsOf(faults, 'late') },
    {
      title: 'Did not really run, and gave their stub; judged by what the journal says of their undo',
      lines: stubbed.length === 0 ? [] : [stubbed.join(', ')],
    },
    {
      title: 'Did not run at all',
      lines: notSimulated.map(({ step, reason }) => `${step}: ${reason}`),
    },
    {
      title: 'An effect outside the targets that nothing takes back, and a drill cannot see',
      lines: unproven.length === 0 ? [] : [unproven.join(', ')],
    },
    { title: 'Gates passed without asking anybody', lines: gates.length === 0 ? [] : [gates.join(', ')] },
  ];
  return notes.filter(({ lines }) => lines.length > 0);
}

export function titleOf(kind: FaultKind): string {
  return faultTitles.find(([each]) => each === kind)?.[1] ?? kind;
}

function isForAPerson(reason: string | undefined): boolean {
  return reason?.startsWith('exit 7') === true;
}

/** One line for each reason, with the steps and faults that it is about. */
function reasonsOf(faults: readonly DrilledFault[], verdict: DrilledFault['verdict']): string[] {
  const groups = new Map<string, DrilledFault[]>();
  for (const fault of faults) {
    if (fault.verdict !== verdict) continue;
    const reason = fault.reason ?? '';
    groups.set(reason, [...(groups.get(reason) ?? []), fault]);
  }
  return [...groups].map(([reason, group]) => `${stepsAndFaults(group)}: ${reason}`);
}

/** `close (fails last, killed), note`: a step with all of its faults stands alone. */
export function stepsAndFaults(faults: readonly DrilledFault[]): string {
  const steps = new Map<string, string[]>();
  for (const { step, fault } of faults) steps.set(step, [...(steps.get(step) ?? []), titleOf(fault)]);
  return [...steps]
    .map(([step, titles]) => (titles.length === faultTitles.length ? step : `${step} (${titles.join(', ')})`))
    .join(', ');
}
