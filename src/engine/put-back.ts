// When a run is put back, and with what: the engine's side of a rollback.

import type { RecordedFailure, StoredEvent } from '../journal/index.ts';
import type { Execution } from './execution.ts';
import type { Stop } from './outcome.ts';
import type { RunRequest } from './request.ts';
import { automaticChoices, type RollbackChoices, type RollbackResult } from './rollback.ts';
import { undoKindOf, undoStep } from './undo-step.ts';

/** `onFailure: abort` keeps what was done; anything else that stops a run puts it back. */
export function wantsRollback(stop: Stop): boolean {
  return stop.kind !== 'refused' && stop.kind !== 'waiting' && stop.onFailure !== 'abort';
}

/** Undefined when this caller brought no way to roll back. */
export async function putBack(
  request: RunRequest,
  execution: Execution,
  reason: string,
  choices: RollbackChoices = automaticChoices,
  isPreview = false,
): Promise<RollbackResult | undefined> {
  if (request.rollBack === undefined) return undefined;
  const { recorder } = execution;
  const events: readonly StoredEvent[] = request.journal.events(recorder.runId);
  execution.progress.isRollingBack = true;
  // Order: time limits and the first Ctrl-C never stop a rollback.
  const unstoppable = new AbortController().signal;
  return request.rollBack({
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
    isPreview,
    undoKindOf: (step) => undoKindOf(execution, step),
    undoStep: (step) => undoStep(execution, step, unstoppable),
  });
}

export function reasonOf(failure: RecordedFailure, step: string | undefined): string {
  return step === undefined ? failure.message : `step \`${step}\`: ${failure.message}`;
}
