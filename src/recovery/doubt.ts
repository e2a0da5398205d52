// Settles the transactions that were announced and neither confirmed nor withdrawn: the file itself decides whether they
// are in it. Never guesses: what stays open counts as in.

import { Failure } from '../diagnostic/index.ts';
import type { RollbackWork } from '../engine/index.ts';
import type { MovedFiles, RecordedCommit, TargetHistory } from '../journal/index.ts';

/**
 * The same histories without what is proven not to be in the file. What is found out is put on record, unless this is a
 * preview.
 */
export async function settleDoubts(
  work: RollbackWork,
  histories: readonly TargetHistory[],
): Promise<TargetHistory[]> {
  const settled: TargetHistory[] = [];
  for (const history of histories) {
    const { target } = history;
    // Order: asked through a new connection. The one that met a failing disk may not see what the next one finds in the log.
    if (history.commits.some(({ isInDoubt }) => isInDoubt)) await work.sessions.release(target);
    const commits: RecordedCommit[] = [];
    for (const commit of history.commits) {
      const found = commit.isInDoubt ? await find(work, history, commit) : 'in';
      if (found !== 'out') commits.push({ ...commit, isInDoubt: found === 'open' });
      if (commit.isInDoubt && work.purpose !== 'preview') record(work, target, commit, found);
    }
    settled.push({ ...history, commits });
  }
  return settled;
}

type Found = 'in' | 'out' | 'open';

function record({ recorder }: RollbackWork, target: string, commit: RecordedCommit, found: Found): void {
  const { step, announcement } = commit;
  if (found === 'out') recorder.record({ type: 'commit-withdrawn', step, target, announcement });
  if (found === 'in') recorder.record({ type: 'committed', step, target, announcement });
}

async function find(work: RollbackWork, history: TargetHistory, commit: RecordedCommit): Promise<Found> {
  try {
    return await ask(work, history, commit);
  } catch (error) {
    // What cannot be asked is not known; a journal that cannot be written ends the rollback.
    if (error instanceof Failure && !error.code.startsWith('journal/')) return 'open';
    throw error;
  }
}

/** Where the files are now. One that was moved is enough: the way back takes those that were. */
function movedState({ specs, driver }: RollbackWork, target: string, files: MovedFiles): Found {
  const spec = specs.find(({ name }) => name === target);
  return spec !== undefined && driver.isMoved(spec, files.move, files.folder) ? 'in' : 'out';
}

async function ask(work: RollbackWork, history: TargetHistory, commit: RecordedCommit): Promise<Found> {
  if (commit.files !== undefined) return movedState(work, history.target, commit.files);
  const found = await read(work, history, commit);
  return found === 'out' && work.purpose !== 'preview' ? await forGood(work, history.target) : found;
}

/**
 * A COMMIT whose last sync failed lies whole in the log of a database that others have open: nobody sees it, until they
 * have all gone without writing and the next to open the database finds it. An emptied log holds nothing of it.
 */
async function forGood(work: RollbackWork, target: string): Promise<Found> {
  const session = await work.sessions.writer(target);
  return (await session.checkpoint()).isComplete ? 'out' : 'open';
}

/**
 * By its own rows: all new values = in, all old = not in. Without a changeset the content decides: equal to the
 * backup's means that nothing of the run is in; another content may be others' work.
 */
async function read(work: RollbackWork, history: TargetHistory, commit: RecordedCommit): Promise<Found> {
  const session = await work.sessions.writer(history.target);
  const changeset = commit.changeset === undefined ? undefined : work.readBlob(commit.changeset);
  if (changeset !== undefined) {
    const { columns } = commit;
    const state = await session.changesetState(changeset, columns === undefined ? {} : { columns });
    return state === 'applied' ? 'in' : state === 'not-applied' ? 'out' : 'open';
  }
  const isOnlyCommit = history.commits.length === 1;
  if (!isOnlyCommit || history.backup === undefined) return 'open';
  return (await session.contentHash()) === history.backup.contentHash ? 'out' : 'open';
}
