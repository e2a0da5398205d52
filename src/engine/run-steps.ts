// The steps of a run, one after another, until one stops it. What an answer was given on is read anew when it came late.

import { formatDuration } from '../base/index.ts';
import { exitCodes } from '../diagnostic/index.ts';
import type { RecordedFailure } from '../journal/index.ts';
import type { Step } from '../runbook/index.ts';
import { letOthersIn } from './exclusive.ts';
import { accept, type Execution, type Progress } from './execution.ts';
import type { Stop } from './outcome.ts';
import { checkPreconditions } from './preconditions.ts';
import { recordedFailure } from './recorder.ts';
import { runStep } from './step.ts';
import { interruptedStop } from './stop.ts';

export interface Steps {
  /** Not run again: those of a resumed run that are done. */
  readonly behind: ReadonlySet<string>;
  /** Preconditions of the run that are not asked again. */
  readonly bypassed: ReadonlySet<string>;
  /** The operator's signal alone. */
  readonly interrupt: AbortSignal;
}

export async function runSteps(execution: Execution, steps: Steps): Promise<Stop | undefined> {
  for (const step of execution.resolved.runbook.steps) {
    if (steps.behind.has(step.id)) {
      // The earlier process may have died between its end and the acceptance of it.
      if (execution.progress.steps[step.id]?.state === 'succeeded') await acceptOnce(execution, step);
      continue;
    }
    const stop = await passStep(execution, step, steps);
    if (stop !== undefined) return stop;
  }
  return undefined;
}

async function passStep(execution: Execution, step: Step, steps: Steps): Promise<Stop | undefined> {
  const { progress } = execution;
  let result = await runStep(execution, step);
  while (result.gate === 'late') {
    const stop = await readAnew(execution, step, steps, result.waitedMs ?? 0);
    if (stop !== undefined) return stop;
    result = await runStep(execution, step);
  }
  if (result.state === 'succeeded') await acceptOnce(execution, step);
  if (result.state === 'succeeded' || result.state === 'skipped') return undefined;
  const { gate, failure, isInterrupted } = result;
  if (gate !== undefined && failure !== undefined && !isInterrupted)
    return gateStop(step, gate, failure, progress);
  // The timeout of the whole run is nothing that a step can be continued after.
  const mayContinue = step.onFailure === 'continue' && !execution.interrupt.aborted;
  if (mayContinue && (await execution.settle()) !== 'open') return undefined;
  const why = failure ?? { code: 'internal/defect', message: 'the step failed without a reason' };
  noteFailure(progress, why);
  const { id, onFailure } = step;
  if (isInterrupted) return { ...interruptedStop(steps.interrupt, id), onFailure };
  return result.isHeldBack === true
    ? { kind: 'held-back', failure: why, exit: exitCodes.refused, step: id, onFailure }
    : { kind: 'failed', failure: why, exit: exitCodes.failed, step: id, onFailure };
}

/** Not when it is only done anew: what was changed since would be accepted with it. */
async function acceptOnce(execution: Execution, step: Step): Promise<void> {
  const { journal, recorder, progress } = execution;
  if (!step.accept) return;
  const events = journal.events(recorder.runId);
  if (events.some(({ event }) => event.type === 'accepted' && event.step === step.id)) return;
  recorder.record({ type: 'accepted', step: step.id });
  accept(progress, step.id);
  await letOthersIn(execution);
}

/**
 * Preconditions of the run, and every step before this one that only reads. The step comes after it once more, with its
 * own preconditions and its gate: which asks again if what it shows has changed.
 */
async function readAnew(
  execution: Execution,
  step: Step,
  steps: Steps,
  waitedMs: number,
): Promise<Stop | undefined> {
  const { progress, recorder, resolved, masker } = execution;
  const waited = formatDuration(waitedMs);
  recorder.record({
    type: 'warning',
    step: step.id,
    message: `the answer to \`${step.id}\` took ${waited}: preconditions are checked and steps that only read are done again`,
  });
  try {
    await checkPreconditions(execution, steps.bypassed);
  } catch (error) {
    const { id, onFailure } = step;
    if (execution.interrupt.aborted) return { ...interruptedStop(steps.interrupt, id), onFailure };
    const failure = recordedFailure(error, masker);
    noteFailure(progress, failure);
    // Not continued after: the whole run was to have them.
    const then = onFailure === 'abort' ? onFailure : 'rollback';
    return { kind: 'held-back', failure, exit: exitCodes.refused, step: id, onFailure: then };
  }
  for (const earlier of resolved.runbook.steps) {
    if (earlier.id === step.id) return undefined;
    const isRead = earlier.effect === 'read' && progress.steps[earlier.id]?.state === 'succeeded';
    const stop = isRead ? await passStep(execution, earlier, steps) : undefined;
    if (stop !== undefined) return stop;
  }
  return undefined;
}

/** A declined gate is never continued after; a waiting run has not failed. */
function gateStop(
  step: Step,
  kind: 'declined' | 'waiting',
  failure: RecordedFailure,
  progress: Progress,
): Stop {
  if (kind === 'waiting') return { kind, failure, exit: exitCodes.waiting, step: step.id };
  noteFailure(progress, failure);
  return { kind, failure, exit: exitCodes.declined, step: step.id, onFailure: step.onFailure };
}

function noteFailure(progress: Progress, { message }: RecordedFailure): void {
  progress.failed = true;
  progress.error = message;
}
