// Before a run is called successful: what it has changed still lies where it was changed. A file that another program put
// in the place of a target, or a -wal that it removed, takes commits away that SQLite has confirmed.

import type { RunView } from '../journal/index.ts';
import type { Execution } from './execution.ts';

/** Fails with `target/replaced`, `target/lease-lost`. */
export async function assertTargetsStand({ sessions }: Execution, { commits }: RunView): Promise<void> {
  for (const target of new Set(commits.map((commit) => commit.target)))
    await (await sessions.writer(target)).foreignWrites();
}
