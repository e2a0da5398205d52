// Which run changed a target after another did. A question of what may be overwritten: never answered by a clock.

import type { Journal } from './journal.ts';

/** The run that changed the file of `target` last, when that was after `runId` did; undefined when none did. */
export function laterChange(journal: Journal, runId: string, target: string): string | undefined {
  const own = journal.run(runId);
  const place = own?.targets.find(({ name }) => name === target)?.realPath;
  const since = own?.changed.find((change) => change.target === target)?.sequence;
  if (place === undefined || since === undefined) return undefined;
  let last: { readonly id: string; readonly sequence: number } | undefined;
  for (const { id, targets, changed } of journal.runs()) {
    if (id === runId) continue;
    for (const change of changed) {
      const isThere = targets.some(({ name, realPath }) => name === change.target && realPath === place);
      if (isThere && change.sequence > (last?.sequence ?? since)) last = { id, sequence: change.sequence };
    }
  }
  return last?.id;
}
