// Which backups retention must leave: what a run that is not over may need to go on or to be put back, and the way back
// of the run that changed a target last, which `belay rollback` takes however long ago that run succeeded.

import { isId, type Json } from '../base/index.ts';
import type { Journal } from './journal.ts';
import type { RunView } from './run-view.ts';
import { finalRunStates } from './state.ts';

/** Ids with who needs them, such as `run-…, which is not over`. `ownRun` is the run that asks. */
export function neededBackups(journal: Journal, ownRun?: string): ReadonlyMap<string, string> {
  const runs = journal.runs();
  const needed = new Map<string, string>();
  for (const { id, backup } of waysBack(runs)) needed.set(backup, `${id}, which can still be put back`);
  for (const run of runs) {
    const isAsking = run.id === ownRun;
    const isFinal = finalRunStates.has(run.state) && run.damage === undefined && !isAsking;
    if (isFinal && run.state !== 'rollback-failed') continue;
    const why = `${run.id}, ${run.state === 'rollback-failed' ? 'whose rollback failed' : 'which is not over'}`;
    for (const { id } of run.backups) needed.set(id, why);
    // What the asking run has found is its own affair: it may have looked in order to expire.
    if (!isAsking && !isFinal) for (const id of namedBackups(run)) needed.set(id, why);
  }
  return needed;
}

/** Of each file the run that changed it last, with the backup from before, while that run can be put back. */
function waysBack(runs: readonly RunView[]): { readonly id: string; readonly backup: string }[] {
  const newest = new Map<string, { readonly run: RunView; readonly change: RunView['changed'][number] }>();
  for (const run of runs) {
    for (const change of run.changed) {
      const place = run.targets.find(({ name }) => name === change.target)?.realPath;
      if (place === undefined) continue;
      // Order: by the journal. A clock may have been set back between two runs.
      if ((newest.get(place)?.change.sequence ?? 0) < change.sequence) newest.set(place, { run, change });
    }
  }
  return [...newest.values()].flatMap(({ run: { id, state }, change: { backup } }) =>
    backup === undefined || state === 'aborted' ? [] : [{ id, backup }],
  );
}

/** Backups that the run was given, or has found for a step to come; not those that it passed over. */
function namedBackups({ params, steps }: RunView): string[] {
  const found: string[] = [];
  const look = (value: Json | undefined): void => {
    if (typeof value === 'string' && isId('bak', value)) found.push(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const member of Object.values(value)) look(member);
  };
  look(params);
  for (const { outputs } of steps) look(outputs);
  return found;
}
