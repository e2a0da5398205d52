// Targets that nobody else may use (`exclusive: true`): looked at before the run begins, kept from the pre-operation
// backup to `accept` or the end. The end of a session gives its target back.

import { exitCodes, Failure } from '../diagnostic/index.ts';
import { changedTargets, targetsToProtect } from '../plan/index.ts';
import type { Step } from '../runbook/index.ts';
import type { Execution } from './execution.ts';
import { isReadable } from './readable.ts';

/**
 * Fails with `target/in-use` while nothing has been done yet. A target that the run stops a service for may be in use
 * until then. A run that is gone on with, and has changed a target, keeps others away from now on.
 */
export async function refuseInUse(execution: Execution): Promise<void> {
  const { runbook } = execution.resolved;
  for (const target of await exclusiveAmong(execution, everKept(execution))) {
    const isStopped = runbook.steps.some(
      ({ action, targets }) => action === 'service.stop' && targets.includes(target),
    );
    const isChanged = isChangedBefore(execution, target);
    if (isStopped && !isChanged) continue;
    try {
      await take(execution, target);
    } catch (error) {
      throw refusal(error);
    }
    if (!isChanged) await giveBack(execution, target);
  }
}

/** Order: before the backup, so that nobody writes between it and the first change. */
export async function keepOthersAway(execution: Execution, step: Step): Promise<void> {
  const { runbook, targets } = execution.resolved;
  const names =
    changedTargets([step]).length > 0
      ? changedTargets(runbook.steps)
      : targetsToProtect(step, runbook.steps, targets);
  for (const target of await exclusiveAmong(execution, names)) await take(execution, target);
}

export async function letOthersIn(execution: Execution): Promise<void> {
  for (const target of [...execution.progress.kept]) await giveBack(execution, target);
}

async function take(execution: Execution, target: string): Promise<void> {
  await (await execution.sessions.writer(target)).setExclusive(true);
  execution.progress.kept.add(target);
}

async function giveBack(execution: Execution, target: string): Promise<void> {
  await (await execution.sessions.writer(target)).setExclusive(false);
  execution.progress.kept.delete(target);
}

/** What is not kept yet and may be: nothing after `accept`, and nothing that SQLite cannot open. */
async function exclusiveAmong(execution: Execution, names: readonly string[]): Promise<string[]> {
  const { resolved, progress, journal, recorder } = execution;
  const specs = resolved.targets.filter(
    ({ name, isExclusive }) => isExclusive === true && names.includes(name) && !progress.kept.has(name),
  );
  if (specs.length === 0) return [];
  if (journal.events(recorder.runId).some(({ event }) => event.type === 'accepted')) return [];
  const found: string[] = [];
  for (const { name } of specs) if (await isReadable(execution, name)) found.push(name);
  return found;
}

function everKept({ resolved: { runbook, targets } }: Execution): string[] {
  const { steps } = runbook;
  return [...changedTargets(steps), ...steps.flatMap((step) => targetsToProtect(step, steps, targets))];
}

/** By an earlier process of the run. */
function isChangedBefore({ journal, recorder }: Execution, target: string): boolean {
  return journal
    .events(recorder.runId)
    .some(
      ({ event }) =>
        event.type === 'commit-announced' && event.target === target && event.effect !== 'maintain',
    );
}

function refusal(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'target/in-use') return error;
  const { fix, details } = error;
  return new Failure(error.code, error.message, {
    state: 'nothing was started; the targets are as before',
    ...(fix === undefined ? {} : { fix }),
    ...(details === undefined ? {} : { details }),
    exit: exitCodes.refused,
    cause: error,
  });
}
