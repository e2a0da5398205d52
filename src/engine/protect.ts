// Every change has a way back: a verified backup of each target that the run will change, taken
// directly before the first change, never before that step's gate.

import { preOperationLabel } from '../backup/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Journal } from '../journal/index.ts';
import { changedTargets, protectionStep, targetsToProtect, unprotected } from '../plan/index.ts';
import type { Step } from '../runbook/index.ts';
import type { BackupPolicy } from '../target/index.ts';
import { keepOthersAway } from './exclusive.ts';
import { type Execution, stepsSinceAccept } from './execution.ts';
import { isReadable } from './readable.ts';
import { recordedFailure } from './recorder.ts';
import { requireRoom } from './room.ts';
import { canTakeBackByRows } from './row-forecast.ts';

/**
 * Before a step that changes something: all targets of the run get their backup before the first change of any, and
 * those that are changed after an `accept` another, of what was accepted.
 * A backup that the run itself took earlier serves, when nobody has written since. The room for the backups, and for
 * putting them back, is asked for before the first is taken.
 */
export async function protect(execution: Execution, step: Step): Promise<void> {
  const { targets } = execution.resolved;
  const { progress } = execution;
  const isChange = changedTargets([step]).length > 0;
  if (isChange) warnUnprotected(execution);
  await keepOthersAway(execution, step);
  // Maintenance leaves the content as it is: what was taken before it is looked at again before the first change.
  const keyOf = (target: string): string => (isChange ? target : `maintain ${target}`);
  const serving = new Map<string, string | undefined>();
  for (const target of targetsToProtect(step, stepsSinceAccept(execution), targets)) {
    if (progress.protected.has(target) || progress.protected.has(keyOf(target))) continue;
    // What cannot be read cannot be backed up: its way back is its quarantine, that of an absent one "was absent".
    if (!(await isReadable(execution, target))) continue;
    serving.set(target, await servingBackup(execution, target));
  }
  if (serving.size > 0) await requireRoom(execution, serving);
  for (const [target, earlier] of serving) {
    if (earlier === undefined) await takeBackup(execution, target);
    else sayServes(execution, target, earlier);
    progress.protected.add(keyOf(target));
  }
}

/** Said once, where the backup would have been taken. */
function warnUnprotected({ progress, recorder, resolved, journal }: Execution): void {
  for (const { target, reason } of unprotected(resolved.runbook.steps, resolved.targets)) {
    if (progress.protected.has(target)) continue;
    progress.protected.add(target);
    const message = `\`${target}\` has no backup from before the first change: ${reason}`;
    if (journal.run(recorder.runId)?.warnings.includes(message) === true) continue;
    recorder.record({ type: 'warning', message });
  }
}

/** The engine's own backup of earlier in the run needs no word: it stands there as a step. */
function sayServes({ recorder, journal }: Execution, target: string, backup: string): void {
  const step = journal.run(recorder.runId)?.steps.find(({ id }) => id === protectionStep(target));
  if (step?.state !== 'pending') return;
  recorder.record({
    type: 'step-skipped',
    step: protectionStep(target),
    reason: `\`${backup}\` of this run is the way back`,
  });
}

/**
 * A verified backup of this run with no commit of ours since. Others may have written since when everything that is to
 * come can be taken back row by row: their writes are then never touched.
 */
async function servingBackup(execution: Execution, target: string): Promise<string | undefined> {
  const level = levelOf(execution, target);
  const { backup, isOursUntouched } = lastBackup(execution.journal, execution.recorder.runId, target, level);
  if (backup === undefined || !isOursUntouched) return undefined;
  const session = await execution.sessions.writer(target);
  if ((await session.foreignWrites()) === 'none') return backup;
  return (await canTakeBackByRows(execution, target)) ? backup : undefined;
}

function lastBackup(
  journal: Journal,
  runId: string,
  target: string,
  level: BackupPolicy['verify'],
): { readonly backup: string | undefined; readonly isOursUntouched: boolean } {
  let backup: string | undefined;
  let isOursUntouched = true;
  for (const { event } of journal.events(runId)) {
    const isStrict = event.type === 'backup-created' && (level === 'quick' || event.verified === level);
    if (event.type === 'backup-created' && event.target === target && isStrict) {
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
  const verify = levelOf(execution, target);
  const attempt =
    (execution.journal.run(recorder.runId)?.steps.find(({ id }) => id === step)?.attempts ?? 0) + 1;
  const outer = execution.progress.currentStep;
  execution.progress.currentStep = step;
  recorder.record({
    type: 'attempt-started',
    step,
    attempt,
    action: 'backup.create',
    effect: 'maintain',
    isIdempotent: true,
    with: { target, label: preOperationLabel },
  });
  const finished = { step, attempt, durationMs: 0 };
  try {
    const backups = execution.backupsFor(step, execution.interrupt);
    const entry = await backups.create(target, { label: preOperationLabel, verify });
    const durationMs = Math.round(clock.monotonicMs() - started);
    const measures = [{ name: 'backup', value: entry.sizeBytes, unit: 'bytes' as const }];
    recorder.record({ type: 'attempt-finished', ...finished, durationMs, state: 'succeeded', measures });
    recorder.record({ type: 'step-finished', step, state: 'succeeded', attempts: attempt, durationMs });
  } catch (error) {
    // What the journal refused to take is no failure of the backup, which may be on record as done.
    if (error instanceof Failure && error.code.startsWith('journal/')) throw error;
    const durationMs = Math.round(clock.monotonicMs() - started);
    const failure = recordedFailure(error, execution.masker);
    recorder.record({ type: 'attempt-finished', ...finished, durationMs, state: 'failed', failure });
    recorder.record({ type: 'step-finished', step, state: 'failed', attempts: attempt, durationMs, failure });
    throw error;
  } finally {
    execution.progress.currentStep = outer;
  }
}

function levelOf({ resolved }: Execution, target: string): BackupPolicy['verify'] {
  const backup = resolved.targets.find(({ name }) => name === target)?.backup;
  return backup?.kind === 'backup' ? backup.verify : 'quick';
}
