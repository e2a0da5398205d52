// The table `runs` beside the events: one row per run, for finding and listing without replaying everything.
// Kept in the transaction of the event; everything in it can be computed again from the events.

import { nearestName } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { OwnDatabase } from '../sqlite/index.ts';
import type { JournalEvent, StoredEvent } from './event.ts';
import type { Journal } from './journal.ts';
import { finalRunStates, type RunState, runTransitions } from './state.ts';

/** Events that move a run, except its end. A run that is put back later is unfinished again. */
const statesAfter: Readonly<Partial<Record<JournalEvent['type'], RunState>>> = {
  'run-waiting': 'waiting',
  'run-resumed': 'running',
  'rollback-started': 'rolling-back',
  'run-interrupted': 'interrupted',
  'run-abandoned': 'aborted',
};

/**
 * Fails with `run/still-running` or `run/already-ended` when the event takes the run where it cannot go any more: of two
 * commands that meet one run, the later one. Asked inside the transaction of the event, so that it is never in the journal.
 */
export function updateRunIndex(database: OwnDatabase, { sequence, runId, at, event }: StoredEvent): void {
  if (event.type === 'run-started') {
    database
      .prepare("INSERT INTO runs VALUES (?, ?, 'running', ?, ?, ?)")
      .run(runId, event.runbook, at, sequence, sequence);
    return;
  }
  const state = event.type === 'run-finished' ? event.state : (statesAfter[event.type] ?? null);
  const before = database
    .prepare<[string], RunState>('SELECT state FROM runs WHERE run_id = ?')
    .pluck()
    .get(runId);
  // A defect of the caller: an event of a run that never started would make the journal unreadable.
  if (before === undefined) throw new Error(`event ${event.type} of run ${runId}, which has not started`);
  if (state !== null && !runTransitions[before].includes(state)) throw outOfTurn(runId, before);
  database
    .prepare('UPDATE runs SET state = coalesce(?, state), last_sequence = ? WHERE run_id = ?')
    .run(state, sequence, runId);
}

/** Another command has gone on with the run meanwhile. */
export function outOfTurn(runId: string, state: RunState): Failure {
  const hasEnded = finalRunStates.has(state);
  return new Failure(
    hasEnded ? 'run/already-ended' : 'run/still-running',
    `run \`${runId}\` is ${state}: another command has gone on with it meanwhile`,
    { state: 'this command has changed nothing', fix: `belay runs show ${runId}` },
  );
}

/** Ids of the runs that fit, newest first. */
export function findRunIds(
  database: OwnDatabase,
  query: NonNullable<Parameters<Journal['runs']>[0]> & { readonly unfinished?: boolean },
): string[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  if (query.failed) conditions.push("state NOT IN ('running', 'waiting', 'rolling-back', 'succeeded')");
  if (query.unfinished)
    conditions.push(`state NOT IN (${[...finalRunStates].map((state) => `'${state}'`).join(', ')})`);
  if (query.since) {
    conditions.push('started_at >= ?');
    values.push(query.since.toISOString());
  }
  if (query.runbook !== undefined) {
    conditions.push('runbook = ?');
    values.push(query.runbook);
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return database
    .prepare<(string | number)[], string>(
      `SELECT run_id FROM runs ${where} ORDER BY first_sequence DESC LIMIT ?`,
    )
    .pluck()
    .all(...values, query.limit ?? -1) as string[];
}

/** The one run that `text` names: `last`, a whole id, its start (with or without `run-`) or its end. */
export function resolveRunId(ids: readonly string[], text: string): string {
  const newest = ids[0];
  if (newest === undefined)
    throw new Failure('journal/unknown-run', `there is no run \`${text}\`: no runs yet in this state folder`);
  if (text === 'last') return newest;
  if (ids.includes(text)) return text;
  const found = ids.filter(
    (id) => text !== '' && (id.startsWith(text) || id.startsWith(`run-${text}`) || id.endsWith(text)),
  );
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length > 1) {
    const shown = found.slice(0, 5).map((id) => `\`${id}\``);
    const more = found.length > 5 ? ` and ${found.length - 5} more` : '';
    throw new Failure(
      'journal/ambiguous-run',
      `\`${text}\` fits ${found.length} runs: ${shown.join(', ')}${more}`,
      {
        fix: 'give more of the id',
      },
    );
  }
  const near = nearestName(text, ids);
  throw new Failure('journal/unknown-run', `there is no run \`${text}\` in this state folder`, {
    fix: near ? `did you mean \`${near}\`?` : 'list the runs with `belay runs`',
  });
}
