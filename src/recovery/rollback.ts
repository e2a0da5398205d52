// Puts the targets of a run back to what they were before it, and proves it. All targets or none: what cannot be
// decided for one of them stops the rollback before anything is touched.
//
// Order: decide → quarantine what a restore would overwrite → prepare all row-level undos in open transactions →
// undo steps that came after the last change → move files back → restore → commit the undos → settings → undo the steps
// before.
// Crash: every effect is announced before it happens and can be done twice; `belay rollback RUN` goes on.

import { Failure } from '../diagnostic/index.ts';
import type { RollbackResult, RollbackWork } from '../engine/index.ts';
import { recordedFailure } from '../engine/index.ts';
import { historiesOf, movedBefore, type RollbackDecision, type TargetHistory } from '../journal/index.ts';
import { thisProcess } from '../process/index.ts';
import { renameArchives } from './archives.ts';
import { decideRollback } from './decide.ts';
import { settleDoubts } from './doubt.ts';
import { previewRollback } from './preview.ts';
import { putBackBackup, quarantineState } from './put-back.ts';
import { putBackFiles } from './put-back-files.ts';
import { recordedBackup } from './recorded-backup.ts';
import { commitRows, prepareRows } from './rows.ts';
import { putBackSettings, settingsToPutBack } from './settings.ts';
import { type UndoableSteps, undoableSteps } from './undo-steps.ts';
import { describe, isIdle } from './words.ts';

export async function rollBack(work: RollbackWork): Promise<RollbackResult> {
  const histories = await settleDoubts(work, historiesOf(work.events));
  if (work.purpose === 'settle') return { state: 'nothing', targets: [], dataState: '' };
  const decisions = await decideAll(work, histories);
  const isTouched = work.events.some(({ event }) => event.type === 'written-meanwhile');
  const steps = undoableSteps(work.events, work.undoKindOf);
  const isNothing = decisions.every(isIdle) && steps.before.length + steps.after.length === 0;
  // One that is gone on with has to be ended, also when nothing is left to do.
  const isBegun = work.events.some(({ event }) => event.type === 'rollback-started');
  const finals = finalWords(steps.final);
  if (isNothing && !isBegun)
    return {
      state: 'nothing',
      targets: decisions,
      dataState: `${describe(decisions, 'nothing', undefined, undefined, isTouched)}${finals}`,
      remarks: finals,
    };

  if (work.purpose === 'preview') return await previewRollback(work, histories, decisions, steps);
  const { host, pid, processStart } = thisProcess();
  work.recorder.record({
    type: 'rollback-started',
    reason: work.reason,
    operator: work.operator,
    host,
    pid,
    processStart,
    targets: decisions,
  });
  if (decisions.some(({ how }) => how === 'stop')) {
    return {
      state: 'rollback-failed',
      targets: decisions,
      dataState: `${describe(decisions, 'stopped')}${finals}`,
    };
  }
  try {
    const kept = copiesKeptBefore(work);
    const { failed, remarks } = await putBack(work, histories, decisions, steps, kept);
    if (isPutBack(work, decisions)) renameArchives(work);
    return {
      state: failed.length === 0 ? 'rolled-back' : 'rollback-failed',
      targets: decisions,
      dataState: `${[describe(decisions, 'done', kept, acceptedStep(work), isTouched), ...remarks, ...failed].join('; ')}${finals}`,
    };
  } catch (error) {
    const failure = recordedFailure(error, work.masker);
    const conflicts = error instanceof Failure ? error.details?.conflicts : undefined;
    work.recorder.record({
      type: 'undo-failed',
      failure,
      ...(Array.isArray(conflicts) ? { conflicts: conflicts.slice(0, 100) } : {}),
    });
    return {
      state: 'rollback-failed',
      targets: decisions,
      dataState: `${describe(decisions, 'failed')}: ${failure.message}${finals}`,
    };
  }
}

/** What a rollback of this run kept aside that did not come to its end. */
function copiesKeptBefore({ events }: RollbackWork): Map<string, string> {
  const kept = new Map<string, string>();
  for (const { event } of events)
    if (event.type === 'quarantined' && event.backup !== undefined) kept.set(event.target, event.backup);
  return kept;
}

function acceptedStep({ events }: RollbackWork): string | undefined {
  const last = events.findLast(({ event }) => event.type === 'accepted')?.event;
  return last?.type === 'accepted' ? last.step : undefined;
}

/** Now, or by a rollback of this run that did not come to its end. */
function isPutBack({ events }: RollbackWork, decisions: readonly RollbackDecision[]): boolean {
  return (
    decisions.some(({ how }) => how !== 'nothing') ||
    events.some(({ event }) => event.type === 'undone' && event.target !== undefined)
  );
}

async function decideAll(
  work: RollbackWork,
  histories: readonly TargetHistory[],
): Promise<RollbackDecision[]> {
  const decisions: RollbackDecision[] = [];
  for (const history of histories) {
    const spec = work.specs.find(({ name }) => name === history.target);
    const isChanged = history.commits.length > 0 || history.isTouched;
    const laterRun = work.laterRunOn(history.target);
    const settings = settingsToPutBack(work, history);
    decisions.push({
      ...decideRollback(history, {
        foreignWritesNow: isChanged ? await foreignWritesSoFar(work, history) : 'none',
        isBackupGone: isChanged && (await isGone(history.backup)),
        ...(laterRun === undefined ? {} : { laterRun }),
        mayDiscard: work.choices.mayDiscardForeignWrites || spec?.discardsForeignWrites === true,
        isByHand: work.choices.isByHand,
        ...finalOf(work, history),
      }),
      ...(settings.length === 0 ? {} : { settings }),
    });
  }
  return decisions;
}

/** The first step that changed this target and can never be taken back. */
function finalOf(
  work: RollbackWork,
  { commits, touchedBy }: TargetHistory,
): { readonly final?: { readonly step: string; readonly reason: string } } {
  for (const step of [...commits.map((commit) => commit.step), ...touchedBy]) {
    const undo = work.undoKindOf(step);
    if (undo.kind === 'none') return { final: { step, reason: undo.reason } };
  }
  return {};
}

/** One that is there and cannot be read is found out when it is needed. */
async function isGone(backup: TargetHistory['backup']): Promise<boolean> {
  if (backup === undefined) return false;
  try {
    await recordedBackup(backup);
    return false;
  } catch (error) {
    return error instanceof Failure && error.code === 'backup/not-found';
  }
}

/**
 * What an earlier rollback of this run has proven stays so: the mark of before may show nothing of it any more. Not after a
 * failing disk, which makes a half-done commit of ours look like one of others.
 */
async function foreignWritesSoFar(
  work: RollbackWork,
  history: TargetHistory,
): Promise<'none' | 'proven' | 'unknown'> {
  const isProven =
    !hasFailingDisk(work) &&
    work.events.some(
      ({ event }) =>
        event.type === 'rollback-started' &&
        event.targets.some((each) => each.target === history.target && each.foreignWrites === 'proven'),
    );
  return isProven ? 'proven' : foreignWritesNow(work, history);
}

const diskCodes: ReadonlySet<string> = new Set(['target/io-error', 'target/disk-full']);

function hasFailingDisk({ events }: RollbackWork): boolean {
  return events.some(({ event }) => 'failure' in event && diskCodes.has(event.failure?.code ?? ''));
}

/**
 * A target that cannot even be opened leaves the question open; where nothing was put, nobody can have written. Files that
 * a first try moved back are not opened: that would leave something beside them, or write a log into them.
 */
async function foreignWritesNow(
  work: RollbackWork,
  history: TargetHistory,
): Promise<'none' | 'proven' | 'unknown'> {
  const { target } = history;
  const moved = movedBefore(history);
  if (moved?.isReplaced === false) return 'none';
  try {
    if (moved !== undefined && ((await isAbsent(work, target)) || isReturned(work, target, moved.folder)))
      return 'none';
    const seen = await (await work.sessions.writer(target)).foreignWrites();
    if (seen !== 'proven' || !hasFailingDisk(work)) return seen;
    // A connection that has met it reads the file anew, which looks as if others had written: the next goes by the mark.
    await work.sessions.release(target);
    return await (await work.sessions.writer(target)).foreignWrites();
  } catch (error) {
    if (error instanceof Failure) return 'unknown';
    throw error;
  }
}

function isReturned({ specs, driver }: RollbackWork, target: string, folder: string | undefined): boolean {
  const spec = specs.find(({ name }) => name === target);
  return spec !== undefined && driver.isReturned(spec, folder);
}

async function isAbsent({ specs, driver }: RollbackWork, target: string): Promise<boolean> {
  const spec = specs.find(({ name }) => name === target);
  return spec !== undefined && (await driver.probe(spec)).condition === 'missing';
}

interface PutBack {
  /** In words. */
  readonly failed: readonly string[];
  readonly remarks: readonly string[];
}

async function putBack(
  work: RollbackWork,
  histories: readonly TargetHistory[],
  decisions: readonly RollbackDecision[],
  steps: UndoableSteps,
  kept: Map<string, string>,
): Promise<PutBack> {
  const historyOf = (target: string): TargetHistory => {
    const history = histories.find((each) => each.target === target);
    if (history === undefined) throw new Error(`no history of ${target}`);
    return history;
  };
  const byRows = decisions.filter(({ how }) => how === 'rows').map(({ target }) => historyOf(target));
  const byRestore = decisions.filter(({ how }) => how === 'restore').map(({ target }) => historyOf(target));
  const byFiles = decisions.filter(({ how }) => how === 'files').map(({ target }) => historyOf(target));

  if (work.choices.withQuarantine)
    for (const history of byRestore) kept.set(history.target, await quarantineState(work, history));
  // What others commit between the decision and here is in the copy; to overwrite it was not decided.
  for (const { target } of decisions.filter((each) => each.how === 'restore' && !mayLose(each)))
    await assertAlone(work, historyOf(target));
  const prepared = await prepareRows(work, byRows);
  const failed: string[] = [];
  const remarks: string[] = [];
  const undoAll = async (ids: readonly string[]): Promise<void> => {
    for (const step of ids) {
      const result = await undo(work, step);
      if (result?.isWanted === true) remarks.push(result.words);
      else if (result !== undefined) failed.push(result.words);
    }
  };
  await undoAll(steps.after);
  for (const history of byFiles) {
    const aside = await putBackFiles(work, history);
    const foreign = decisions.find(({ target }) => target === history.target)?.foreignWrites;
    const others =
      foreign === undefined
        ? ''
        : `, with what others ${foreign === 'proven' ? 'wrote' : 'may have written'} to it`;
    if (aside !== undefined)
      remarks.push(`what the run had put there is in quarantine in \`${aside}\`${others}`);
  }
  for (const history of byRestore) {
    const decision = decisions.find(({ target }) => target === history.target);
    const losesWrites = !work.choices.withQuarantine && decision !== undefined && mayLose(decision);
    await putBackBackup(work, history, losesWrites);
  }
  for (const each of prepared) await commitRows(work, each);
  for (const { target, settings } of decisions) {
    if (settings === undefined) continue;
    const result = await backToSettings(work, historyOf(target), settings);
    failed.push(...result.failed);
    remarks.push(...result.remarks);
  }
  await undoAll(steps.before);
  return { failed, remarks };
}

/** Data that is back stays so when its settings do not follow: `belay rollback RUN` tries them again. */
async function backToSettings(
  work: RollbackWork,
  history: TargetHistory,
  changes: readonly string[],
): Promise<PutBack> {
  try {
    const others = await putBackSettings(work, history);
    const words = `the settings of \`${history.target}\` were put back (${changes.join(', ')})`;
    return { failed: [], remarks: [others.length === 0 ? words : others.join('; ')] };
  } catch (error) {
    if (!(error instanceof Failure) || error.code.startsWith('journal/')) throw error;
    const { target } = history;
    const failure = recordedFailure(error, work.masker);
    work.recorder.record({ type: 'undo-failed', target, failure });
    return { failed: [`the settings of \`${target}\` did not go back: ${failure.message}`], remarks: [] };
  }
}

/** A person, or the runbook, said that writes of others may go. */
function mayLose({ foreignWrites }: RollbackDecision): boolean {
  return foreignWrites !== undefined;
}

async function assertAlone(work: RollbackWork, history: TargetHistory): Promise<void> {
  if ((await foreignWritesNow(work, history)) !== 'proven') return;
  throw new Failure(
    'target/written-during-restore',
    `others began to write to \`${history.target}\` while it was being put back`,
    {
      state: 'nothing was restored',
      fix: 'stop the program that writes, then `belay rollback RUN`',
    },
  );
}

/**
 * What failed, in words. The data is put back all the same: what a step did outside it neither helps nor harms that, and
 * `belay rollback RUN` tries the undo again. A journal that cannot be written ends the rollback. A service that is not
 * started on a database that nobody can read is what is wanted, and said.
 */
async function undo(
  work: RollbackWork,
  step: string,
): Promise<{ readonly words: string; readonly isWanted: boolean } | undefined> {
  work.recorder.record({ type: 'undo-announced', how: 'step', step });
  try {
    if (await work.undoStep(step))
      work.recorder.record({ type: 'undone', how: 'step', step, proof: 'its undo has succeeded' });
    return undefined;
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith('journal/')) throw error;
    const failure = recordedFailure(error, work.masker);
    if (failure.code === 'action/service-without-database') return { words: failure.message, isWanted: true };
    work.recorder.record({ type: 'undo-failed', step, failure });
    return { words: `the undo of step \`${step}\` failed: ${failure.message}`, isWanted: false };
  }
}

function finalWords(final: UndoableSteps['final']): string {
  return final.map(({ step, reason }) => `; step \`${step}\` is a point of no return: ${reason}`).join('');
}
