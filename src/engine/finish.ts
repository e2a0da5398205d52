// The end of a run: decided, recorded, and said even when the journal cannot take it.

import { exitCodes, Failure } from '../diagnostic/index.ts';
import type { RunView } from '../journal/index.ts';
import { decideOutcome, type Stop } from './outcome.ts';
import type { Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';

export interface RunOutcome {
  readonly runId: string;
  readonly exitCode: number;
  readonly view: RunView;
}

export function finishRun(request: RunRequest, recorder: Recorder, stop: Stop | undefined): RunOutcome {
  const { journal } = request;
  const before = journal.run(recorder.runId);
  if (before === undefined) throw new Error(`run ${recorder.runId} is not in the journal`);
  const outcome = decideOutcome(before, stop);
  try {
    recorder.record({
      type: 'run-finished',
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
