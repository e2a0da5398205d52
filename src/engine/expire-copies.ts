// At the end of a run: how many of the copies that the engine takes before the first change stay. Never the outcome of a run.

import { preOperationLabel } from '../backup/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { protectionStep } from '../plan/index.ts';
import { keptCopies } from '../runbook/index.ts';
import type { Execution } from './execution.ts';
import type { Recorder } from './recorder.ts';

/**
 * For each target of which this run took such a copy.
 *
 * Order: at the end, not beside the new copy. Until this run has changed something, the run before it is the one that can
 * still be put back, and its copy is not this run's to remove.
 */
export async function expireCopies(execution: Execution): Promise<void> {
  const { recorder, resolved } = execution;
  const taken = execution.journal.run(recorder.runId)?.backups ?? [];
  for (const { name, backup } of resolved.targets) {
    const step = protectionStep(name);
    if (!taken.some((each) => each.step === step)) continue;
    const { keep = { last: keptCopies } } = backup?.kind === 'backup' ? backup : {};
    try {
      const backups = execution.backupsFor(step, new AbortController().signal);
      await backups.expireOwn(name, preOperationLabel, keep);
    } catch (error) {
      warn(recorder, name, error);
    }
  }
}

/** What the journal refuses here, it refuses at the end of the run again, where that is said. */
function warn(recorder: Recorder, target: string, error: unknown): void {
  if (!(error instanceof Failure)) throw error;
  if (error.code.startsWith('journal/')) return;
  const message = `old copies of \`${target}\` from before operations could not be removed: ${error.message}`;
  try {
    recorder.record({ type: 'warning', message });
  } catch (refused) {
    if (!(refused instanceof Failure)) throw refused;
  }
}
