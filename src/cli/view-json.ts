// Runs in the shape that `--output json` promises (docs/json-output.md).

import type { RunState, RunView } from '../journal/index.ts';
import { isOutOfSight, isSameProcess, thisProcess } from '../process/index.ts';
import { isHeld } from './is-held.ts';

/** As `runs show`. */
export function runToJson(view: RunView): object {
  return { ...view, state: shownState(view) };
}

/** As `runs list`. */
export function runRowToJson(view: RunView): object {
  return {
    id: view.id,
    runbook: view.runbook,
    title: view.title,
    state: shownState(view),
    exitCode: view.exitCode ?? null,
    startedAt: view.startedAt,
    endedAt: view.endedAt ?? null,
    operator: view.operator,
    host: view.host,
    targets: view.targets.map(({ name, realPath }) => ({ name, path: realPath })),
    failedStep: view.failedStep ?? null,
    dataState: view.dataState ?? null,
  };
}

/**
 * The state of a run as it is now: one that the journal calls running, whose process on this host is gone, was
 * interrupted, also when nobody has recorded that yet.
 */
export function shownState(view: RunView): RunState {
  if (view.state !== 'running' && view.state !== 'rolling-back') return view.state;
  const isHere = view.host === thisProcess().host;
  if (!isHere || isSameProcess(view.pid, view.processStart)) return view.state;
  return isOutOfSight(view.processStart) && isHeld(view) ? view.state : 'interrupted';
}

/** In words: one that is at work on another host is so as far as its record says. */
export function stateWords(view: RunView): string {
  const state = shownState(view);
  const isAway = view.host !== thisProcess().host && (state === 'running' || state === 'rolling-back');
  return isAway ? `${state} on ${view.host}` : state;
}
