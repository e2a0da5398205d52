// One run in full, for `belay runs show`: what happened, when, in which order, and what to do. Tells a stranger what
// the terminal told the operator, and what it did not.

import { clip, displayWidth, formatCount, formatDuration, padEnd, wrap } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { RunView, StepView } from '../journal/replay.ts';
import type { RunState } from '../journal/state.ts';
import { formatMeasures, formatParam } from './format.ts';
import { renderSummary } from './run-summary.ts';
import { createStyle, type Style } from './style.ts';

const labelWidth = 10;
const stateWidth = 11;

export function renderRun(
  view: RunView,
  state: RunState,
  screen: { readonly width: number; readonly hasColor: boolean },
  ways: readonly string[],
): string {
  const style = createStyle(screen.hasColor);
  const width = Math.min(screen.width, 120);
  const fact = (label: string, text: string) =>
    wrap(escapeLine(text), Math.max(20, width - labelWidth)).map(
      (line, i) => `${style.dim((i === 0 ? label : '').padEnd(labelWidth))}${line}`,
    );
  const params = Object.entries(view.params).filter(([, value]) => value !== null);
  const lines = [
    `${style.strong(escapeLine(view.runbook))}: ${escapeLine(view.title)}`,
    '',
    ...fact('run', view.id),
    ...fact('file', view.file),
    ...fact('started', view.startedAt),
    ...(view.endedAt === undefined ? [] : fact('ended', view.endedAt)),
    ...fact('by', `${view.operator} on ${view.host}, pid ${view.pid}`),
    ...fact('command', view.command.join(' ')),
    ...(view.environment === undefined ? [] : fact('env', view.environment)),
    ...sourceWords(view).flatMap((text, i) => fact(i === 0 ? 'git' : '', text)),
    ...(view.damage === undefined ? [] : fact('damaged', `${view.damage}; what follows is what came before`)),
    ...view.targets.flatMap((target) => fact('target', `${target.name}: ${target.realPath}`)),
    ...params.flatMap(([name, value], i) => fact(i === 0 ? 'params' : '', `${name} = ${formatParam(value)}`)),
    '',
  ];
  const idWidth = Math.min(28, Math.max(8, ...view.steps.map(({ id }) => displayWidth(id))));
  const hasEnded = view.endedAt !== undefined;
  for (const step of view.steps) {
    const shown = asItIs(withGate(step, view), state);
    lines.push(...stepLines(shown, view.commits, width, idWidth, style, hasEnded));
  }
  return `${lines.join('\n')}\n${renderSummary({ ...view, state }, { width, hasColor: screen.hasColor, showsOutputs: true, isShown: true, ways })}`;
}

/** The commit of its files, and those that are not what it holds. */
function sourceWords({ sources = [] }: RunView): string[] {
  const commits = [...new Set(sources.flatMap(({ commit }) => commit ?? []))];
  const changed = sources.filter(({ isDirty }) => isDirty === true);
  return [
    ...commits.map((commit) => `commit ${commit}${changed.length === 0 ? ', nothing changed since' : ''}`),
    ...changed.map(({ path }) => `not as committed: ${path}`),
    ...[...new Set(sources.flatMap(({ unknown }) => unknown ?? []))].map((why) => `not known: ${why}`),
  ];
}

function stepLines(
  step: StepView,
  commits: RunView['commits'],
  width: number,
  idWidth: number,
  style: Style,
  hasEnded: boolean,
): string[] {
  const paint = { succeeded: style.good, failed: style.bad, errored: style.bad, unknown: style.bad }[
    step.state as string
  ];
  // Nothing is still to come of a run that has ended.
  const word = step.state === 'pending' && hasEnded ? 'not run' : step.state;
  const at = step.startedAt === undefined ? ' '.repeat(8) : step.startedAt.slice(11, 19);
  const took = step.durationMs === undefined ? '' : `  ${formatDuration(step.durationMs)}`;
  const details = [
    ...formatMeasures(step.measures ?? []),
    ...committedWords(step, commits),
    ...(step.reason === undefined ? [] : [step.reason]),
    ...(step.attempts > 1 ? [`${step.attempts} attempts`] : []),
  ];
  const head = `${style.dim(at)}  ${(paint ?? style.dim)(word.padEnd(stateWidth))} `;
  const room = Math.max(20, width - 8 - 2 - stateWidth - 1 - idWidth - 2 - took.length);
  const title = step.kind === 'precondition' ? `must hold: ${step.title}` : step.title;
  const lines = [
    `${head}${padEnd(clip(escapeLine(step.id), idWidth), idWidth)}  ${clip(escapeLine(title), room)}${style.dim(took)}`,
  ];
  const margin = ' '.repeat(8 + 2 + stateWidth + 1 + idWidth + 2);
  const more = (text: string, show: (text: string) => string) => {
    for (const line of wrap(escapeLine(text), Math.max(24, width - margin.length)))
      lines.push(`${margin}${show(line)}`);
  };
  if (details.length > 0) more(details.join(' · '), style.dim);
  if (step.failure !== undefined) {
    more(`${step.failure.message} [${step.failure.code}]`, style.bad);
    if (step.failure.fix !== undefined) more(`fix: ${step.failure.fix}`, style.dim);
  }
  if (step.isContinued === true) more('the run went on (`onFailure: continue`)', style.dim);
  for (const item of step.items ?? [])
    lines.push(...stepLines(item, commits, width, idWidth, style, hasEnded));
  return lines;
}

/** Nobody runs the step at which a run was cut off, and nobody may have recorded that yet. */
function asItIs(step: StepView, run: RunState): StepView {
  return run === 'interrupted' && step.state === 'running' ? { ...step, state: 'unknown' } : step;
}

/** Who was asked before the step, and what they said, stands with why it did what it did. */
function withGate(step: StepView, { gates }: RunView): StepView {
  const gate = gates.find((each) => each.step === step.id);
  if (gate === undefined) return step;
  const answers = gate.decisions.map(({ decision, by, how }) => `${decision} by ${by} (${how})`);
  const words = `gate: ${gate.message} ${answers.length === 0 ? 'not answered' : answers.join(', ')}`;
  return { ...step, reason: step.reason === undefined ? words : `${step.reason} · ${words}` };
}

/** What of it is in the databases, whatever became of the step. */
function committedWords(step: StepView, commits: RunView['commits']): string[] {
  const own = commits.filter((commit) => commit.step === step.id);
  const rows = own.reduce((sum, commit) => sum + commit.rows, 0);
  return own.length === 0
    ? []
    : [`committed ${formatCount(own.length, 'transaction')}, ${formatCount(rows, 'row')}`];
}
