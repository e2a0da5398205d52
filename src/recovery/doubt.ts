// Settles the transactions that were announced and never confirmed: the rows of the file decide whether they are in it.

import type { RollbackWork } from '../engine/index.ts';
import type { RecordedCommit, TargetHistory } from './history.ts';

/** The same histories without what is proven not to be in the file. */
export async function settleDoubts(
  work: RollbackWork,
  histories: readonly TargetHistory[],
): Promise<TargetHistory[]> {
  const settled: TargetHistory[] = [];
  for (const history of histories) {
    const commits: RecordedCommit[] = [];
    for (const commit of history.commits) {
      if (!commit.isInDoubt || (await mayBeIn(work, history, commit))) commits.push(commit);
    }
    settled.push({ ...history, commits });
  }
  return settled;
}

/**
 * By its own rows: all new values = in, all old = not in. Without a changeset the content decides: equal to the
 * backup's means that nothing of the run is in. What stays open counts as in.
 */
async function mayBeIn(work: RollbackWork, history: TargetHistory, commit: RecordedCommit): Promise<boolean> {
  const session = await work.sessions.writer(history.target);
  const changeset = commit.changeset === undefined ? undefined : work.readBlob(commit.changeset);
  if (changeset !== undefined) return (await session.changesetState(changeset)) !== 'not-applied';
  const isOnlyCommit = history.commits.length === 1;
  if (!isOnlyCommit || history.backup === undefined) return true;
  return (await session.contentHash()) !== history.backup.contentHash;
}
