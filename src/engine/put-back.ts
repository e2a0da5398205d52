// When a run is put back, and with what: the engine's side of a rollback.

import { laterChange, type RecordedFailure, type StoredEvent } from '../journal/index.ts';
import type { Execution, Settled } from './execution.ts';
import type { Stop } from './outcome.ts';
import type { RunRequest } from './request.ts';
import {
  automaticChoices,
  type RollbackChoices,
  type RollbackPurpose,
  type RollbackResult,
  type RollbackWork,
} from './rollback.ts';
import { undoKindOf, undoStep } from './undo-step.ts';

/** `onFailure: abort` keeps what was done; anything else that stops a run puts it back. */
export function wantsRollback(stop: Stop): boolean {
  return stop.kind !== 'refused' && stop.kind !== 'waiting' && stop.onFailure !== 'abort';
}

export async function putBack(
  request: RunRequest,
  execution: Execution,
  reason: string,
  choices: RollbackChoices = automaticChoices,
  purpose: RollbackPurpose = 'put-back',
): Promise<RollbackResult> {
  execution.progress.isRollingBack = true;
  return request.rollBack(workOf(request, execution, reason, choices, purpose));
}

/**
 * Finds out which of the transactions that were announced and not confirmed are in their files. Done at once, before
 * anything else writes: later nobody could tell any more.
 */
export async function settle(request: RunRequest, execution: Execution): Promise<Settled> {
  const { runId } = execution.recorder;
  const before = request.journal.run(runId);
  if (before === undefined || before.openCommits.length === 0) return 'nothing';
  await request.rollBack(workOf(request, execution, 'settling', automaticChoices, 'settle'));
  const after = request.journal.run(runId) ?? before;
  if (after.openCommits.length > 0) return 'open';
  return after.commits.length > before.commits.length ? 'found' : 'nothing';
}

function workOf(
  request: RunRequest,
  execution: Execution,
  reason: string,
  choices: RollbackChoices,
  purpose: RollbackPurpose,
): RollbackWork {
  const { recorder } = execution;
  const events: readonly StoredEvent[] = request.journal.events(recorder.runId);
  // Order: time limits and the first Ctrl-C never stop a rollback.
  const unstoppable = new AbortController().signal;
  return {
    recorder,
    events,
    readBlob: (sha256) => request.journal.readBlob(sha256),
    specs: execution.resolved.targets,
    sessions: execution.sessions,
    driver: request.driver,
    backups: execution.backupsFor('rollback', unstoppable),
    masker: execution.masker,
    clock: execution.clock,
    scratchFolder: execution.scratchFolder,
    operator: execution.operator,
    reason,
    choices,
    purpose,
    laterRunOn: (target) => laterChange(request.journal, recorder.runId, target),
    undoKindOf: (step) => undoKindOf(execution, step),
    undoStep: (step) => undoStep(execution, step, unstoppable),
  };
}

export function reasonOf(failure: RecordedFailure, step: string | undefined): string {
  return step === undefined ? failure.message : `step \`${step}\`: ${failure.message}`;
}
