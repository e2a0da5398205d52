// How a run ended: its state, its exit code, and one sentence on the state of the data.
// A pure function of the journal's view and of what stopped the run.

import { formatCount, isRecord, type Json } from '../base/index.ts';
import { type ExitCode, exitCodes } from '../diagnostic/index.ts';
import type { RecordedFailure, RunState, RunView, StepView } from '../journal/index.ts';
import { settingChanges } from '../target/index.ts';
import type { RollbackResult } from './rollback.ts';

/** What stopped the run; absent when every step is through. */
export interface Stop {
  /** `held-back`: a precondition of the step did not hold, or no way back was to be had for what it would have changed. */
  readonly kind: 'refused' | 'held-back' | 'failed' | 'interrupted' | 'declined' | 'waiting';
  readonly failure: RecordedFailure;
  /** Exit code of the failure by itself. */
  readonly exit: ExitCode;
  readonly step?: string;
  /** Of that step. */
  readonly onFailure?: 'rollback' | 'continue' | 'abort';
}

/** How the steps of a run came to their end. */
export interface End {
  readonly stop?: Stop;
  readonly rollback?: RollbackResult;
}

export interface Outcome {
  readonly state: RunState;
  readonly exitCode: ExitCode;
  readonly dataState: string;
  readonly next: string;
}

export function decideOutcome(view: RunView, stop: Stop | undefined, rollback?: RollbackResult): Outcome {
  const outcome = outcomeOf(view, stop, rollback);
  return { ...outcome, dataState: `${outcome.dataState}${meanwhileWords(view)}` };
}

/** What is said of a target is said of what this run did to it; a program is part of the run. */
function meanwhileWords({ writtenMeanwhile }: RunView): string {
  return [...new Set(writtenMeanwhile.map(({ target }) => target))]
    .map((target) => {
      const steps = writtenMeanwhile
        .filter((each) => each.target === target)
        .map(({ step }) => `\`${step}\``);
      return `; \`${target}\` was also written to while the program of step ${[...new Set(steps)].join(', ')} ran, which does not declare it`;
    })
    .join('');
}

function outcomeOf(view: RunView, stop: Stop | undefined, rollback?: RollbackResult): Outcome {
  const changed = changedTargets(view);
  const show = `belay runs show ${view.id}`;
  if (stop === undefined && rollback !== undefined) return afterLateRollback(view, rollback);
  if (stop === undefined) {
    const hasWarnings = view.steps.some((step) => step.isContinued === true);
    return {
      state: 'succeeded',
      exitCode: hasWarnings ? exitCodes.warnings : exitCodes.done,
      dataState: changed.length === 0 ? unchanged(view) : `${changeWords(view)}${backupWords(view)}`,
      next: show,
    };
  }
  // A run that was gone on with, and refused to, is where it was: what it did before stays on record.
  const [open] = view.openCommits;
  if (stop.kind === 'refused' && (changed.length > 0 || open !== undefined)) {
    const { state, exitCode, dataState } =
      open === undefined
        ? {
            state: 'interrupted' as const,
            exitCode: exitCodes.needsPerson,
            dataState: `${changeWords(view)} earlier, and nothing now${backupWords(view)}`,
          }
        : unknownCommit(view, open);
    return { state, exitCode, dataState, next: `belay rollback ${view.id} --dry-run` };
  }
  if (stop.kind === 'refused') {
    return {
      state: 'aborted',
      exitCode: stop.exit,
      dataState: untouched(view, 'nothing was started'),
      next: stop.failure.fix ?? show,
    };
  }
  if (rollback !== undefined && rollback.state !== 'nothing') return afterRollback(view, stop, rollback);
  if (view.state === 'rolling-back') return brokenRollback(view);
  if (open !== undefined) return unknownCommit(view, open);
  if (changed.length === 0) {
    const sentence = `${untouched(view, 'nothing of this run was committed')}${rollback?.remarks ?? ''}`;
    return stop.kind === 'interrupted' || stop.kind === 'declined' || stop.kind === 'held-back'
      ? { state: 'aborted', exitCode: stop.exit, dataState: sentence, next: show }
      : { state: 'failed', exitCode: exitCodes.failed, dataState: sentence, next: show };
  }
  const kept = `${changeWords(view)}, and kept${backupWords(view)}${rollback?.remarks ?? ''}`;
  if (stop.kind === 'interrupted') {
    return { state: 'interrupted', exitCode: exitCodes.needsPerson, dataState: kept, next: show };
  }
  return { state: 'failed', exitCode: exitCodes.kept, dataState: kept, next: restoreCommand(view) ?? show };
}

/** A rollback that a person asked for is done when everything is put back, or nothing had to be and nothing is kept. */
function afterLateRollback(view: RunView, { state, dataState }: RollbackResult): Outcome {
  const next = `belay runs show ${view.id}`;
  if (state === 'rollback-failed') {
    return { state, exitCode: exitCodes.needsPerson, dataState, next: `belay rollback ${view.id} --dry-run` };
  }
  if (state === 'nothing' && view.accepted !== undefined) {
    const kept = `what the run had done when step \`${view.accepted}\` was accepted stays; nothing after it was committed`;
    return { state: 'failed', exitCode: exitCodes.kept, dataState: kept, next };
  }
  return (
    afterAccept(view, dataState, next) ?? {
      state: state === 'nothing' ? 'aborted' : 'rolled-back',
      exitCode: exitCodes.done,
      dataState,
      next,
    }
  );
}

/** What was accepted stays: such a target is not as it was before the run, however well the rest was put back. */
function afterAccept(view: RunView, dataState: string, next: string): Outcome | undefined {
  const { accepted } = view;
  if (accepted === undefined) return undefined;
  const end = view.steps.findIndex(({ id }) => id === accepted) + 1;
  const commits = view.commits.filter(({ isAccepted }) => isAccepted === true);
  const settings = view.settings.filter(({ isAccepted }) => isAccepted === true);
  const before = { ...view, commits, settings, steps: view.steps.slice(0, end) };
  if (changedTargets(before).length === 0) return undefined;
  const kept = `${changeWords(before)} until step \`${accepted}\` was accepted, and that stays`;
  const backups = view.backups.filter(
    ({ id, target }) => view.backups.find((each) => each.target === target)?.id === id,
  );
  const data = `${kept}; ${dataState}${backupWords({ ...view, backups })}`;
  return { state: 'failed', exitCode: exitCodes.kept, dataState: data, next };
}

/** Put back: as if it had failed before its first commit. Not put back: a person must look. */
function afterRollback(view: RunView, stop: Stop, rollback: RollbackResult): Outcome {
  const { dataState } = rollback;
  if (rollback.state === 'rolled-back') {
    const exitCode = stop.kind === 'interrupted' || stop.kind === 'declined' ? stop.exit : exitCodes.failed;
    const next = `belay runs show ${view.id}`;
    return (
      afterAccept(view, dataState, next) ?? {
        state: 'rolled-back',
        exitCode,
        dataState,
        next,
      }
    );
  }
  // Where nothing else can be decided, asking again only says it again.
  const isFinal = rollback.targets.some(({ isForGood }) => isForGood === true);
  return {
    state: 'rollback-failed',
    exitCode: exitCodes.needsPerson,
    dataState,
    next: isFinal
      ? (restoreCommand(view) ?? `belay runs show ${view.id}`)
      : `belay rollback ${view.id} --dry-run`,
  };
}

/** It began and could not say what it did: the journal took nothing for a while. Gone on with, it finds out. */
function brokenRollback(view: RunView): Outcome {
  return {
    state: 'interrupted',
    exitCode: exitCodes.needsPerson,
    dataState: `it was being put back, and part of that may be done${backupWords(view)}`,
    next: `belay rollback ${view.id}`,
  };
}

/**
 * Targets to which a transaction with effect `change` or `destroy` committed, whose file has got other settings, or
 * which a program was allowed to touch.
 */
function changedTargets(view: RunView): string[] {
  const names = new Set<string>(view.settings.map(({ target }) => target));
  for (const commit of view.commits)
    if (commit.effect === 'change' || commit.effect === 'destroy') names.add(commit.target);
  for (const step of view.steps) {
    if (step.action === 'command.run' && step.target !== undefined && hasBegun(step)) names.add(step.target);
  }
  return [...names];
}

/** An attempt whose inputs could not even be computed counts, and has begun nothing. */
function hasBegun({ attempts, startedAt }: StepView): boolean {
  return attempts > 0 && startedAt !== undefined;
}

function changeWords(view: RunView): string {
  const parts = changedTargets(view).map((target) => {
    const rows = view.commits
      .filter((commit) => commit.target === target)
      .reduce((sum, { rows: n }) => sum + n, 0);
    const others = otherWords(view, target);
    if (rows === 0) return others ?? `\`${target}\` was changed`;
    const counted = `${formatCount(rows, 'row')} of \`${target}\` ${rows === 1 ? 'was' : 'were'} changed`;
    return others === undefined ? counted : `${counted}; ${others}`;
  });
  return parts.join('; ');
}

/** Changes that no count of rows tells. */
function otherWords(view: RunView, target: string): string | undefined {
  const done = view.steps.filter((step) => step.target === target && hasBegun(step));
  const restored = done.findLast(({ action, state }) => action === 'backup.restore' && state === 'succeeded');
  const isTouched = done.some(({ action }) => action === 'command.run');
  const aside = view.commits.find((commit) => commit.target === target && commit.files?.move === 'aside');
  const folder = aside?.files?.folder;
  const id = restored?.outputs?.backup;
  const words = [
    ...(restored === undefined ? [] : [replacedWords(target, id)]),
    ...(folder === undefined
      ? []
      : [`the files of \`${target}\` from before are in quarantine in \`${folder}\``]),
    ...settingsWords(view, target),
    ...(isTouched ? [`what a program changed in \`${target}\` is not known`] : []),
  ];
  return words.length === 0 ? undefined : words.join('; ');
}

function settingsWords({ settings }: RunView, target: string): string[] {
  const own = settings.filter((each) => each.target === target);
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [`settings of \`${target}\` were changed (${settingChanges(first.before, last.after).join(', ')})`];
}

function replacedWords(target: string, backup: Json | undefined): string {
  const id = isRecord(backup) ? backup.id : backup;
  const by = typeof id === 'string' ? ` by that of backup \`${id}\`` : '';
  return `the content of \`${target}\` was replaced${by}`;
}

function backupWords(view: RunView): string {
  const kept = view.backups.filter(({ id }) => !view.removedBackups.some((removed) => removed.id === id));
  const names = kept.map(({ id }) => `\`${id}\``).join(', ');
  return kept.length === 0 ? '' : `; the state before is backup ${names}`;
}

function unchanged({ writtenMeanwhile }: RunView): string {
  return writtenMeanwhile.length === 0 ? 'no data was changed' : 'no step has changed data through Belay';
}

function untouched(view: RunView, what: string): string {
  const names = view.targets
    .filter(({ name }) => !view.writtenMeanwhile.some(({ target }) => target === name))
    .map(({ name }) => `\`${name}\``);
  if (names.length === 0) return what;
  return `${what}; ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} as before`;
}

function unknownCommit(view: RunView, open: { readonly target: string; readonly step: string }): Outcome {
  return {
    state: 'interrupted',
    exitCode: exitCodes.needsPerson,
    dataState: `the last transaction of step \`${open.step}\` on \`${open.target}\` may or may not have been committed${backupWords(view)}`,
    next: `belay runs show ${view.id}`,
  };
}

function restoreCommand(view: RunView): string | undefined {
  const [first] = view.backups;
  const target = view.targets.find(({ name }) => name === first?.target);
  if (first === undefined || target === undefined) return undefined;
  return `belay backup restore ${first.id} --path ${target.realPath}`;
}
