// Puts the targets of a run back to what they were before it, and proves it. All targets or none: what cannot be
// decided for one of them stops the rollback before anything is touched.
//
// Order: decide → quarantine what a restore would overwrite → prepare all row-level undos in open transactions →
// undo steps that came after the last change → restore → commit the undos → undo the steps before.
// Crash: every effect is announced before it happens and can be done twice; `belay rollback RUN` goes on.

import { Failure } from '../diagnostic/index.ts';
import type { RollbackResult, RollbackWork } from '../engine/index.ts';
import { recordedFailure } from '../engine/index.ts';
import type { RollbackDecision } from '../journal/index.ts';
import { thisProcess } from '../process/index.ts';
import { renameArchives } from './archives.ts';
import { decideRollback } from './decide.ts';
import { settleDoubts } from './doubt.ts';
import { historiesOf, type TargetHistory } from './history.ts';
import { previewRollback } from './preview.ts';
import { putBackBackup, quarantineState } from './put-back.ts';
import { commitRows, prepareRows } from './rows.ts';
import { undoableSteps } from './undo-steps.ts';
import { describe } from './words.ts';

export async function rollBack(work: RollbackWork): Promise<RollbackResult> {
  const histories = await settleDoubts(work, historiesOf(work.events));
  const decisions = await decideAll(work, histories);
  const steps = undoableSteps(work.events);
  const isNothing =
    decisions.every(({ how }) => how === 'nothing') && steps.before.length + steps.after.length === 0;
  // One that is gone on with has to be ended, also when nothing is left to do.
  const isBegun = work.events.some(({ event }) => event.type === 'rollback-started');
  if (isNothing && !isBegun)
    return { state: 'nothing', targets: decisions, dataState: describe(decisions, 'nothing') };

  if (work.isPreview)
    return await previewRollback(work, histories, decisions, [...steps.after, ...steps.before]);
  const { pid, processStart } = thisProcess();
  work.recorder.record({
    type: 'rollback-started',
    reason: work.reason,
    operator: work.operator,
    pid,
    processStart,
    targets: decisions,
  });
  if (decisions.some(({ how }) => how === 'stop')) {
    return { state: 'rollback-failed', targets: decisions, dataState: describe(decisions, 'stopped') };
  }
  try {
    await putBack(work, histories, decisions, steps);
    if (decisions.some(({ how }) => how !== 'nothing')) renameArchives(work);
    return { state: 'rolled-back', targets: decisions, dataState: describe(decisions, 'done') };
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
      dataState: `${describe(decisions, 'failed')}: ${failure.message}`,
    };
  }
}

async function decideAll(
  work: RollbackWork,
  histories: readonly TargetHistory[],
): Promise<RollbackDecision[]> {
  const decisions: RollbackDecision[] = [];
  for (const history of histories) {
    const isChanged = history.commits.length > 0 || history.isTouched;
    decisions.push(
      decideRollback(history, {
        foreignWritesNow: isChanged ? await foreignWritesNow(work, history.target) : 'none',
        mayDiscard: work.choices.mayDiscardForeignWrites,
        isByHand: work.choices.isByHand,
      }),
    );
  }
  return decisions;
}

/** A target that cannot even be opened leaves the question open. */
async function foreignWritesNow(work: RollbackWork, target: string): Promise<'none' | 'proven' | 'unknown'> {
  try {
    return await (await work.sessions.writer(target)).foreignWrites();
  } catch (error) {
    if (error instanceof Failure) return 'unknown';
    throw error;
  }
}

async function putBack(
  work: RollbackWork,
  histories: readonly TargetHistory[],
  decisions: readonly RollbackDecision[],
  steps: ReturnType<typeof undoableSteps>,
): Promise<void> {
  const historyOf = (target: string): TargetHistory => {
    const history = histories.find((each) => each.target === target);
    if (history === undefined) throw new Error(`no history of ${target}`);
    return history;
  };
  const byRows = decisions.filter(({ how }) => how === 'rows').map(({ target }) => historyOf(target));
  const byRestore = decisions.filter(({ how }) => how === 'restore').map(({ target }) => historyOf(target));

  if (work.choices.withQuarantine) for (const history of byRestore) await quarantineState(work, history);
  const prepared = await prepareRows(work, byRows);
  for (const step of steps.after) await undo(work, step);
  for (const history of byRestore) await putBackBackup(work, history);
  for (const each of prepared) await commitRows(work, each);
  for (const step of steps.before) await undo(work, step);
}

async function undo(work: RollbackWork, step: string): Promise<void> {
  work.recorder.record({ type: 'undo-announced', how: 'step', step });
  if (!(await work.undoStep(step))) return;
  work.recorder.record({ type: 'undone', how: 'step', step, proof: 'its undo has succeeded' });
}
