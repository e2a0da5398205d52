// The end of a run: decided, recorded, and said even when the journal cannot take it.

import { exitCodes, Failure } from '../diagnostic/index.ts';
import type { RunView } from '../journal/index.ts';
import { upNow } from '../process/index.ts';
import { decideOutcome, type End, type Stop } from './outcome.ts';
import type { Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';
import type { RollbackResult } from './rollback.ts';

export interface RunOutcome {
  readonly runId: string;
  readonly exitCode: number;
  readonly view: RunView;
  /** Of `belay rollback --dry-run`. */
  readonly preview?: RollbackResult;
}

export function finishRun(request: RunRequest, recorder: Recorder, { stop, rollback }: End): RunOutcome {
  const { journal } = request;
  const before = journal.run(recorder.runId);
  if (before === undefined) throw new Error(`run ${recorder.runId} is not in the journal`);
  if (stop?.kind === 'waiting') return waitForOthers(request, recorder, before, stop);
  if (rollback?.state === 'previewed') {
    return { runId: recorder.runId, exitCode: exitCodes.done, view: before, preview: rollback };
  }
  const outcome = decideOutcome(before, stop, rollback);
  // Nothing to put back of a run that has ended: its end stands as it was recorded.
  const hasEnded = before.state !== 'interrupted' && before.state !== 'waiting';
  if (stop === undefined && rollback?.state === 'nothing' && hasEnded) {
    return { runId: recorder.runId, exitCode: exitCodes.done, view: before };
  }
  try {
    recorder.record({
      type: 'run-finished',
      ...upNow(),
      state: outcome.state,
      exitCode: outcome.exitCode,
      dataState: outcome.dataState,
      next: outcome.next,
      ...(stop === undefined ? {} : { failure: stop.failure }),
      ...(stop?.step === undefined ? {} : { failedStep: stop.step }),
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The journal cannot take its own end: then the screen has to say it.
    throw new Failure(
      error.code,
      `the end of run \`${recorder.runId}\` could not be recorded: ${error.message}`,
      {
        state: outcome.dataState,
        fix: error.fix ?? outcome.next,
        exit: exitCodes.needsPerson,
        cause: error,
      },
    );
  }
  const view = journal.run(recorder.runId) ?? before;
  return { runId: recorder.runId, exitCode: outcome.exitCode, view };
}

/** The run lies still, with its leases, until it is resumed. */
function waitForOthers(request: RunRequest, recorder: Recorder, before: RunView, stop: Stop): RunOutcome {
  recorder.record({ type: 'run-waiting', step: stop.step ?? '', reason: stop.failure.message });
  const view = request.journal.run(recorder.runId) ?? before;
  return { runId: recorder.runId, exitCode: exitCodes.waiting, view };
}
