// Ends an unfinished run for good, by a person's decision: written down first, then its claims on targets are given up.

import { Failure } from '../diagnostic/index.ts';
import {
  findInterrupted,
  type Journal,
  markInterrupted,
  type RunView,
  runTransitions,
} from '../journal/index.ts';
import { clearLease } from './clear-lease.ts';

/**
 * Fails with `lease/not-abandonable` when the run has ended or is at work.
 *
 * Crash: in between, the run is abandoned and a row is left; abandoning again clears it.
 */
export async function abandonRun(
  journal: Journal,
  runId: string,
  decision: { readonly operator: string; readonly reason: string },
): Promise<RunView> {
  if (findInterrupted(journal).some(({ id }) => id === runId))
    await markInterrupted(journal, runId, decision.operator);
  const leases = leasesOf(journal, runId);
  const run = journal.look(runId);
  const isAgain = run?.abandoned !== undefined;
  if (!run || run.state === 'running' || (!isAgain && !runTransitions[run.state].includes('aborted')))
    throw new Failure(
      'lease/not-abandonable',
      `run \`${runId}\` is ${run?.state ?? 'unknown'}, not interrupted`,
      {
        state: 'nothing has been changed',
        fix: `see it with \`belay runs show ${runId}\``,
      },
    );
  if (!isAgain) journal.append(runId, { type: 'run-abandoned', ...decision });
  for (const path of leases) clearLease(path, runId);
  return journal.look(runId) ?? run;
}

/** Real paths of the targets whose lease the run took, also those it says it released: clearing those does nothing. */
function leasesOf(journal: Journal, runId: string): Set<string> {
  const suffix = '.belay-lock';
  return new Set(
    journal
      .events(runId)
      .flatMap(({ event }) => (event.type === 'lease-taken' ? [event.path.slice(0, -suffix.length)] : [])),
  );
}
