// Going on with a run that another process began, or putting it back: who may, and since when it is on record.

import { finalRunStates, type Journal, outOfTurn } from '../journal/index.ts';
import type { Lease } from '../lease/index.ts';
import { operatorName, thisProcess } from '../process/index.ts';
import type { Continuation } from './continuation.ts';
import { takeLeases } from './leases.ts';
import type { Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';

/**
 * Order: the leases before the record, because another command may be at work on the same run: only who has them may say
 * that the run goes on.
 */
export async function goOn(
  request: RunRequest,
  recorder: Recorder,
  leases: Map<string, Lease>,
  masker: (text: string) => string,
): Promise<void> {
  const { continues, journal } = request;
  if (continues === undefined) return;
  await takeLeases(request, recorder, leases);
  const { view } = continues;
  const now = journal.run(view.id);
  const isMoved = now?.state !== view.state || now.pid !== view.pid || now.processStart !== view.processStart;
  if (isMoved) throw outOfTurn(view.id, now?.state ?? view.state);
  if (continues.kind === 'resume') recordResumption(request, recorder, continues, masker);
}

/** Unknown counts as not ended: then the lease stays with the run. */
export function hasEnded(journal: Journal, runId: string): boolean {
  try {
    const state = journal.run(runId)?.state;
    return state !== undefined && finalRunStates.has(state);
  } catch {
    return false;
  }
}

function recordResumption(
  request: RunRequest,
  recorder: Recorder,
  { done, bypassed }: Continuation & { kind: 'resume' },
  masker: (text: string) => string,
): void {
  const { host, pid, processStart } = thisProcess();
  recorder.record({
    type: 'run-resumed',
    operator: operatorName(),
    host,
    pid,
    processStart,
    command: request.command.map(masker),
    done,
    bypassed,
  });
}
