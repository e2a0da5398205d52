// At the end of a run: what it has committed lies in the database file, not only in the -wal beside it. Our child is
// ended, not closed, so SQLite would leave it there, and who copies the file alone, or removes the -wal, would lose it.

import { Failure } from '../diagnostic/index.ts';
import type { Execution } from './execution.ts';

const patienceMs = 30_000;

/** Of targets that were sound from the start: what was damaged is not opened once more. Never fails. */
export async function bringHome({ journal, recorder, resolved, sessions }: Execution): Promise<void> {
  for (const { name, expect } of resolved.targets) {
    try {
      const commits = journal.run(recorder.runId)?.commits ?? [];
      if (expect !== 'ok' || !commits.some(({ target }) => target === name)) continue;
      await (await sessions.writer(name)).bringHome({ signal: AbortSignal.timeout(patienceMs) });
    } catch (error) {
      // It is committed all the same, and the next to open the database finds it.
      if (!(error instanceof Failure)) throw error;
    }
  }
}
