// A run as far as its events can be read, for whoever lists, shows or gives it up. Never for going on with one: what comes
// after the damage is not known, so `replay` refuses it.

import { Failure } from '../diagnostic/index.ts';
import type { StoredEvent } from './event.ts';
import { nothingYet } from './fold/start.ts';
import type { EventRow } from './format.ts';
import { replay } from './replay.ts';
import type { RunView } from './run-view.ts';
import type { RunState } from './state.ts';

/** The row of a run in the index. */
export interface IndexedRun {
  readonly runbook: string;
  readonly state: RunState;
  readonly startedAt: string;
}

/**
 * The whole run; or what its events say up to the first that cannot be read or cannot follow, with the state that the
 * index gives it and `damage`.
 */
export function readWhole(runId: string, rows: readonly EventRow[], indexed: IndexedRun): RunView {
  const { events, problem } = readable(rows);
  const whole = problem === undefined ? tryReplay(events) : undefined;
  if (typeof whole === 'object') return whole;
  const damage = problem ?? whole ?? '';
  const view = longestPrefix(events) ?? emptyView(runId, indexed);
  // A backup stays pinned wherever its event stands.
  const backups = events.flatMap(({ event }) => {
    if (event.type !== 'backup-created') return [];
    const { backup: id, target, path, sizeBytes, step } = event;
    return [{ id, target, path, sizeBytes, step }];
  });
  return { ...view, backups, state: indexed.state, damage };
}

/** Fails with `journal/corrupt`. */
export function storedEvent(row: EventRow): StoredEvent {
  try {
    const event = JSON.parse(row.body) as StoredEvent['event'];
    return { sequence: row.sequence, runId: row.run_id, at: row.at, event, hash: row.hash };
  } catch (error) {
    throw new Failure('journal/corrupt', `event ${row.sequence} is not JSON`, { cause: error });
  }
}

/** Every event that can be read, and what is wrong with the first that cannot. */
function readable(rows: readonly EventRow[]): { events: StoredEvent[]; problem: string | undefined } {
  const events: StoredEvent[] = [];
  let problem: string | undefined;
  for (const row of rows) {
    try {
      events.push(storedEvent(row));
    } catch (error) {
      problem ??= messageOf(error);
    }
  }
  return { events, problem };
}

/** The view, or what is wrong with the events. */
function tryReplay(events: readonly StoredEvent[]): RunView | string {
  try {
    return replay(events);
  } catch (error) {
    return messageOf(error);
  }
}

/** Of damage; anything else is thrown on. */
function messageOf(error: unknown): string {
  if (error instanceof Failure && error.code === 'journal/corrupt') return error.message;
  throw error;
}

function longestPrefix(events: readonly StoredEvent[]): RunView | undefined {
  let best: RunView | undefined;
  let [good, bad] = [0, events.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const view = tryReplay(events.slice(0, middle));
    if (typeof view === 'string') bad = middle;
    else [good, best] = [middle, view];
  }
  return best;
}

function emptyView(id: string, { runbook, state, startedAt }: IndexedRun): RunView {
  return {
    id,
    runbook,
    title: '',
    file: '',
    digest: '',
    state,
    startedAt,
    operator: '',
    operatorHost: '',
    host: '',
    pid: 0,
    processStart: 'unknown',
    command: [],
    params: {},
    targets: [],
    steps: [],
    ...nothingYet,
  };
}
