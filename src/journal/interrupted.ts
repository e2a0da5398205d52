// Finds runs whose engine died, and writes that down. Proves every process of a run dead first, or kills it by its
// recorded identity: what still runs could still change a target.

import { Failure } from '../diagnostic/index.ts';
import {
  endRecordedProcess,
  isOutOfSight,
  isSameProcess,
  type RecordedProcess,
  thisProcess,
} from '../process/index.ts';
import type { Journal } from './journal.ts';
import type { RunView } from './run-view.ts';

export interface Evidence {
  /** Whether somebody, who cannot be seen from here, has a target of the run: its lease is held. */
  readonly isHeld: (run: RunView) => boolean;
  /** A person says that this host is gone, or is called otherwise now. */
  readonly lostHost?: string;
}

/**
 * Runs of this host that claim to be at work and whose engine is dead, newest first. Reads only.
 *
 * A run of another host is never among them, unless a person says that the host is gone: nobody here can tell.
 */
export function findInterrupted(journal: Journal, { isHeld, lostHost }: Evidence): RunView[] {
  const { host } = thisProcess();
  return journal
    .unfinished()
    .filter((run) => run.state === 'running' || run.state === 'rolling-back')
    .filter((run) => run.host === host || run.host === lostHost)
    .filter((run) => !isSameProcess(run.pid, run.processStart))
    .filter((run) => (run.host === host && !isOutOfSight(run.processStart)) || !isHeld(run));
}

/**
 * Ends what the run left running and appends `run-interrupted`. Appends nothing when the run is not interrupted, or
 * when another process has just written it down.
 *
 * Fails with `journal/process-survives` when a process of the run cannot be ended.
 */
export async function markInterrupted(
  journal: Journal,
  runId: string,
  foundBy: string,
  evidence: Evidence,
): Promise<RunView | undefined> {
  for (const recorded of processesOf(journal, runId, evidence)) {
    const left = await endRecordedProcess(recorded, runId);
    if (left.length > 0)
      throw new Failure(
        'journal/process-survives',
        `process ${left.join(', ')} of run \`${runId}\` cannot be ended`,
        {
          state: 'it may still change a target of that run',
          fix: `end it: \`kill -9 ${left.join(' ')}\``,
        },
      );
  }
  const run = findInterrupted(journal, evidence).find(({ id }) => id === runId);
  if (!run) return undefined;
  const lastStep = run.steps.findLast((step) => step.state === 'running')?.id;
  try {
    journal.append(runId, {
      type: 'run-interrupted',
      foundBy,
      ...(run.host === thisProcess().host ? {} : { lostHost: run.host }),
      ...(lastStep === undefined ? {} : { lastStep }),
    });
  } catch (error) {
    // Two commands that met the run at once: the other one has written it down.
    if (error instanceof Failure && error.code.startsWith('run/')) return undefined;
    throw error;
  }
  return journal.look(runId);
}

function processesOf(journal: Journal, runId: string, evidence: Evidence): RecordedProcess[] {
  const run = findInterrupted(journal, evidence).find(({ id }) => id === runId);
  if (!run) return [];
  return journal.events(runId).flatMap(({ event }) => (event.type === 'process-started' ? [event] : []));
}
