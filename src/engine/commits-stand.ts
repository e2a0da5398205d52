// Before a run is gone on with: what it had committed is still in its targets. A -wal that somebody removed took it away,
// and nothing that follows would notice.

import { exitCodes, Failure } from '../diagnostic/index.ts';
import type { JournalEvent, StoredEvent } from '../journal/index.ts';
import type { Execution } from './execution.ts';

type Announced = Extract<JournalEvent, { type: 'commit-announced' }>;

/**
 * Asks the rows of the last transaction on each target. Fails with `run/commit-lost` when all of them hold their old values;
 * where others have written them since there is nothing to tell.
 */
export async function assertCommitsStand(
  { journal, sessions, recorder }: Execution,
  events: readonly StoredEvent[],
): Promise<void> {
  for (const { target, step, changeset, columns } of lastCommits(events).values()) {
    const blob = changeset === undefined ? undefined : journal.readBlob(changeset.sha256);
    if (blob === undefined) continue;
    const session = await sessions.writer(target);
    const state = await session.changesetState(blob, columns === undefined ? {} : { columns });
    if (state !== 'not-applied') continue;
    throw new Failure(
      'run/commit-lost',
      `what step \`${step}\` committed to \`${target}\` is not in the database any more`,
      {
        state: 'the run has done nothing more',
        fix: `\`belay rollback ${recorder.runId} --dry-run\` says what is left of it`,
        exit: exitCodes.needsPerson,
      },
    );
  }
}

function lastCommits(events: readonly StoredEvent[]): ReadonlyMap<string, Announced> {
  const announced = new Map<string, Announced>();
  const last = new Map<string, Announced>();
  for (const { event } of events) {
    if (event.type === 'commit-announced') announced.set(event.target, event);
    const committed = event.type === 'committed' ? announced.get(event.target) : undefined;
    if (committed !== undefined) last.set(committed.target, committed);
  }
  return last;
}
