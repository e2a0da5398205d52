// Every change has a way back (`SAFETY.md` §1.2): a verified backup of each target that the run will change, taken
// directly before the first change, never before that step's gate.

import { preOperationLabel } from '../backup/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Journal } from '../journal/index.ts';
import { changedTargets, protectionStep } from '../plan/index.ts';
import type { Step } from '../runbook/index.ts';
import type { Execution } from './execution.ts';
import { recordedFailure } from './recorder.ts';
import { canTakeBackByRows } from './row-forecast.ts';

/** How many of the engine's own backups of a target stay; one that a run may still need stays anyway. */
const keptCopies = { last: 5 };

/**
 * Before a step that changes something: all targets of the run get their backup before the first change of any.
 * A backup that the run itself took earlier serves, when nobody has written since.
 */
export async function protect(execution: Execution, step: Step): Promise<void> {
  const { runbook } = execution.resolved;
  if (changedTargets([step]).length === 0) return;
  for (const target of changedTargets(runbook.steps)) {
    if (execution.progress.protected.has(target)) continue;
    // What cannot be read cannot be backed up: its way back is its quarantine, that of an absent one "was absent".
    if (!(await isReadable(execution, target))) continue;
    const earlier = await servingBackup(execution, target);
    if (earlier === undefined) await takeBackup(execution, target);
    else sayServes(execution, target, earlier);
    execution.progress.protected.add(target);
  }
}

function sayServes({ recorder }: Execution, target: string, backup: string): void {
  recorder.record({
    type: 'step-skipped',
    step: protectionStep(target),
    reason: `\`${backup}\` of this run is the way back`,
  });
}

async function isReadable(execution: Execution, target: string): Promise<boolean> {
  const { condition } = await execution.sessions.facts(target);
  return condition === 'ok' || condition === 'needs-recovery';
}

/**
 * A verified backup of this run with no commit of ours since. Others may have written since when everything that is to
 * come can be taken back row by row: their writes are then never touched.
 */
async function servingBackup(execution: Execution, target: string): Promise<string | undefined> {
  const { backup, isOursUntouched } = lastBackup(execution.journal, execution.recorder.runId, target);
  if (backup === undefined || !isOursUntouched) return undefined;
  const session = await execution.sessions.writer(target);
  if ((await session.foreignWrites()) === 'none') return backup;
  return (await canTakeBackByRows(execution, target)) ? backup : undefined;
}

function lastBackup(
  journal: Journal,
  runId: string,
  target: string,
): { readonly backup: string | undefined; readonly isOursUntouched: boolean } {
  let backup: string | undefined;
  let isOursUntouched = true;
  for (const { event } of journal.events(runId)) {
    if (event.type === 'backup-created' && event.target === target) {
      backup = event.backup;
      isOursUntouched = true;
    }
    if (event.type === 'commit-announced' && event.target === target) isOursUntouched = false;
    if (event.type === 'target-touched' && event.target === target) isOursUntouched = false;
  }
  return { backup, isOursUntouched };
}

async function takeBackup(execution: Execution, target: string): Promise<void> {
  const { recorder, clock } = execution;
  const step = protectionStep(target);
  const started = clock.monotonicMs();
  const outer = execution.progress.currentStep;
  execution.progress.currentStep = step;
  recorder.record({
    type: 'attempt-started',
    step,
    attempt: 1,
    action: 'backup.create',
    effect: 'maintain',
    isIdempotent: true,
    with: { target, label: preOperationLabel },
  });
  const finished = { step, attempt: 1, durationMs: 0 };
  try {
    const backups = execution.backupsFor(step, execution.interrupt);
    const entry = await backups.create(target, { label: preOperationLabel, verify: 'quick' });
    await backups.expireOwn(target, preOperationLabel, keptCopies);
    const durationMs = Math.round(clock.monotonicMs() - started);
    const measures = [{ name: 'backup', value: entry.sizeBytes, unit: 'bytes' as const }];
    recorder.record({ type: 'attempt-finished', ...finished, durationMs, state: 'succeeded', measures });
    recorder.record({ type: 'step-finished', step, state: 'succeeded', attempts: 1, durationMs });
  } catch (error) {
    // What the journal refused to take is no failure of the backup, which may be on record as done.
    if (error instanceof Failure && error.code.startsWith('journal/')) throw error;
    const durationMs = Math.round(clock.monotonicMs() - started);
    const failure = recordedFailure(error, execution.masker);
    recorder.record({ type: 'attempt-finished', ...finished, durationMs, state: 'failed', failure });
    recorder.record({ type: 'step-finished', step, state: 'failed', attempts: 1, durationMs, failure });
    throw error;
  } finally {
    execution.progress.currentStep = outer;
  }
}
