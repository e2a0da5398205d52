// What closes a run on the screen: what changed, the backups, what it warned of; when it failed, the last lines are
// the step and its place, the cause, the state of the data, and one command to go on with.

import { clip, formatCount, formatDuration, formatSize, tookMs, wrap } from '../base/index.ts';
import { escapeLine, exitCodes } from '../diagnostic/index.ts';
import type { RunView, StepView } from '../journal/replay.ts';
import type { GateView } from '../journal/run-view.ts';
import { settingChanges } from '../target/index.ts';
import { formatMeasures } from './format.ts';
import { createStyle, type Style } from './style.ts';

export interface SummaryOptions {
  readonly width: number;
  readonly hasColor: boolean;
  /** Of the runbook: shown when the run did not succeed. */
  readonly links?: Readonly<Record<string, string>>;
  /** Where nobody reads the outputs from stdout. */
  readonly showsOutputs?: boolean;
  /** By `belay runs show`, which does not name itself as the next thing to do. */
  readonly isShown?: boolean;
  /** Commands to go on with, where there is more than the one that the run named. */
  readonly ways?: readonly string[];
}

const labelWidth = 10;

export function renderSummary(view: RunView, options: SummaryOptions): string {
  const style = createStyle(options.hasColor);
  const lines = ['', headline(view, style), ''];
  const add = (label: string, texts: readonly string[]) => {
    for (const [i, text] of texts.entries())
      lines.push(...block(i === 0 ? label : '', text, options.width, style));
  };
  // What was put back is no change any more; beside what was accepted it is told apart by step.
  const undone = view.exitCode === exitCodes.kept ? view.steps.filter(isPutBack) : [];
  const left = view.steps.filter((step) => !undone.includes(step));
  add(view.state === 'rolled-back' ? 'put back' : 'changed', changes({ ...view, steps: left }));
  add(
    'put back',
    undone.flatMap((step) => changesOf(view, step)),
  );
  add(
    'backup',
    view.backups.flatMap((backup) => [
      `${backup.id}, ${formatSize(backup.sizeBytes)}, of ${backup.target}`,
      backup.path,
    ]),
  );
  if (view.removedBackups.length > 0)
    add('expired', [`${formatCount(view.removedBackups.length, 'backup')} by retention`]);
  add('warning', view.warnings);
  if (options.showsOutputs === true) add('outputs', outputs(view, options.width));
  const addServices = () => lines.push(...services(view, options.width, style));
  if (hasSucceeded(view)) {
    add('data', view.dataState === undefined ? [] : [view.dataState]);
    addServices();
    add('next', nextCommands(view, { ...options, ways: [] }));
    return `${lines.join('\n')}\n`;
  }
  if (view.state === 'waiting') {
    const gate = view.gates.at(-1);
    if (gate !== undefined) add('waits', waitingWords(gate));
    add('data', [commitsSoFar(view)]);
    add('next', [`belay approve ${view.id} ${gate?.step ?? ''}`, `belay resume ${view.id}`]);
    return `${lines.join('\n')}\n`;
  }
  add(
    'links',
    Object.entries(options.links ?? {}).map(([name, link]) => `${name}: ${link}`),
  );
  const step = view.steps.find(({ id }) => id === view.failedStep);
  if (view.failedStep !== undefined) {
    const place = view.failure?.place ?? step?.place;
    add('step', [`${view.failedStep}${place === undefined ? '' : ` at ${place}`}`]);
  }
  if (view.failure !== undefined) {
    add('cause', [`${view.failure.message} [${view.failure.code}]`]);
    if (view.failure.fix !== undefined) add('fix', [view.failure.fix]);
  }
  add('data', [view.dataState ?? view.failure?.state ?? 'not known: the run did not say']);
  addServices();
  add(
    'next',
    nextCommands(view, options).filter((each) => each !== view.failure?.fix),
  );
  return `${lines.join('\n')}\n`;
}

function nextCommands(view: RunView, { ways = [], isShown }: SummaryOptions): string[] {
  const show = `belay runs show ${view.id}`;
  const next = ways.length > 0 ? ways : [view.next ?? show];
  return next.filter((each) => isShown !== true || each !== show);
}

function headline(view: RunView, style: Style): string {
  const ms = tookMs(view);
  const took = ms === undefined ? '' : ` in ${formatDuration(ms)}`;
  const word = hasSucceeded(view)
    ? view.exitCode === 0 || view.state === 'running'
      ? style.good(view.state)
      : style.careful(`${view.state}, with warnings`)
    : view.state === 'waiting'
      ? style.careful('is waiting for approval')
      : view.state === 'rolled-back' || view.state === 'aborted'
        ? style.careful(view.state)
        : style.bad(view.state);
  const exit = view.exitCode ? `, exit ${view.exitCode}` : '';
  return `${style.strong(escapeLine(view.runbook))} ${word}${took}${style.dim(` (${view.id}${exit})`)}`;
}

/** What other people are asked, until when, and who may answer. */
function waitingWords({
  step,
  message,
  approvers = [],
  minApprovals = 1,
  expiresAt,
  decisions,
}: GateView): string[] {
  const names = approvers.map((each) => (each.startsWith('key:') ? `key …${each.slice(-12)}` : each));
  const hasKeys = names.length !== approvers.filter((each) => !each.startsWith('key:')).length;
  return [
    `${step}: ${message}`,
    `${formatCount(minApprovals, 'approval')} of ${names.join(', ')}, before ${expiresAt}`,
    ...decisions.map(({ decision, by }) => `${decision} by ${by}`),
    ...(hasKeys ? [] : ['identity by operating system only']),
  ];
}

function commitsSoFar(view: RunView): string {
  const rows = view.commits.reduce((sum, commit) => sum + commit.rows, 0);
  return view.commits.length === 0
    ? 'nothing of this run was committed so far'
    : `${formatCount(rows, 'row')} changed so far, and kept while the run waits`;
}

function hasSucceeded(view: RunView): boolean {
  return view.state === 'succeeded' || view.state === 'running';
}

/** One line per fact; steps that only read say nothing here. */
function changes(view: RunView): string[] {
  const lines: string[] = [];
  for (const step of view.steps) lines.push(...changesOf(view, step));
  lines.push(...sizes(view));
  return lines.length === 0 && hasSucceeded(view) ? ['nothing'] : lines;
}

function changesOf(view: RunView, step: StepView): string[] {
  // A backup has lines of its own.
  if (step.effect === 'read' || step.effect === 'external' || step.action === 'backup.create') return [];
  const measured = [step, ...(step.items ?? [])].flatMap(({ measures = [] }) =>
    formatMeasures(measures.filter(({ value }) => value !== 0)),
  );
  if (measured.length > 0) return measured.map((fact) => `${fact} (${step.id})`);
  return [...committed(view, step), ...settings(view, step)];
}

function settings(view: RunView, step: StepView): string[] {
  return view.settings
    .filter((each) => each.step === step.id || each.step.startsWith(`${step.id}[`))
    .map(
      ({ target, before, after }) => `${target}: ${settingChanges(before, after).join(', ')} (${step.id})`,
    );
}

function isPutBack({ state }: StepView): boolean {
  return state === 'rolled-back';
}

/** Services that are not as the run found them. One that runs after a success is what the runbook wanted. */
function services(view: RunView, width: number, style: Style): string[] {
  return view.services
    .filter(({ before, now }) => before !== now && view.endedAt !== undefined)
    .flatMap(({ service, before, now }) => {
      const words =
        now === 'unknown'
          ? `\`${service}\` was ${before}, and whether it still is was not seen`
          : `\`${service}\` was ${before}, and is ${now} now`;
      const paint = hasSucceeded(view) && now === 'running' ? style.strong : style.bad;
      return block('service', words, width, style, paint);
    });
}

/** What the runbook declares as its result; one line each. */
function outputs(view: RunView, width: number): string[] {
  return Object.entries(view.outputs ?? {}).map(([name, value]) =>
    clip(
      `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      Math.max(20, width - labelWidth),
    ),
  );
}

/** The size of a target at the start, and as the last step that measured it found it. */
function sizes(view: RunView): string[] {
  return view.targets.flatMap(({ name, sizeBytes }) => {
    const measured = view.steps
      .filter((step) => step.target === name)
      .flatMap((step) => step.measures ?? [])
      .findLast((measure) => measure.name === 'size' && measure.unit === 'bytes');
    return measured === undefined || measured.value === sizeBytes
      ? []
      : [`${name}: ${formatSize(sizeBytes)} → ${formatSize(measured.value)}`];
  });
}

function committed(view: RunView, step: StepView): string[] {
  const own = view.commits.filter(
    (commit) => commit.step === step.id || commit.step.startsWith(`${step.id}[`),
  );
  const rows = own.reduce((sum, commit) => sum + commit.rows, 0);
  return rows === 0 ? [] : [`${own[0]?.target ?? ''}: ${formatCount(rows, 'row')} changed (${step.id})`];
}

function block(
  label: string,
  text: string,
  width: number,
  style: Style,
  paint = (line: string) => line,
): string[] {
  // A command or a path broken over two lines could not be copied.
  const isWhole = label === 'next' || text.startsWith('/');
  const [first = '', ...rest] = isWhole
    ? [escapeLine(text)]
    : wrap(escapeLine(text), Math.max(20, width - labelWidth));
  return [
    `${style.dim(label.padEnd(labelWidth))}${paint(first)}`,
    ...rest.map((line) => ' '.repeat(labelWidth) + paint(line)),
  ];
}
