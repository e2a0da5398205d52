// A prune: checks, a fixed set of rows, refusal or deletion in short transactions (`SAFETY.md` §9).
// Must never delete a row that the count did not include.

import { formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { TargetProgress, WriteSession } from '../../target/index.ts';
import { firstChunk, nextChunk } from './next-chunk.ts';
import { predicateFor, type RowChoice } from './predicate.ts';
import { refuseChildren } from './refuse-children.ts';
import { requireTable } from './require-table.ts';

export interface PruneRequest {
  readonly table: string;
  readonly rows: RowChoice;
  readonly maxRows?: number;
  /** 0 to 1. */
  readonly maxShare: number;
  /** How long one transaction may hold the write lock, about. */
  readonly lockTargetMs: number;
}

export interface PruneWork {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TargetProgress) => void;
  readonly onStop: (message: string) => void;
}

export interface PruneResult {
  /** As the schema spells it. */
  readonly table: string;
  readonly planned: number;
  readonly deleted: number;
  readonly tableRows: number;
  readonly share: number;
  readonly chunks: number;
}

/** How long a chunk at work may go on after a stop: it is nearly done, unless it waits for somebody else's lock. */
const graceMs = 500;

/**
 * Deletes the rows that `where` selects now. Rows that become eligible later stay.
 *
 * Fails before anything is deleted with `action/type-mix`, `action/has-children`, `action/too-many-rows` or
 * `action/share-exceeded`. Stopped by the signal between chunks: each committed chunk stays, and `state` says how many
 * rows are gone.
 */
export async function prune(
  session: WriteSession,
  request: PruneRequest,
  work: PruneWork,
): Promise<PruneResult> {
  const options = { signal: work.signal, onProgress: work.onProgress };
  const table = await requireTable(session, request.table, options);
  const { where, params } = await predicateFor(session, table, request.rows, options);
  const { planned, tableRows } = await session.pruneSelect({ table: table.name, where, params }, options);
  const share = tableRows === 0 ? 0 : planned / tableRows;
  refuseTooMuch(table.name, planned, tableRows, request);
  await refuseChildren(session, table, where, params, options);

  let [deleted, chunks, limit] = [0, 0, firstChunk];
  for (let remaining = planned; remaining > 0; ) {
    try {
      work.signal.throwIfAborted();
      const chunk = await withGrace(work.signal, (signal) => session.pruneChunk(limit, { signal }));
      deleted += chunk.deleted;
      chunks++;
      remaining = chunk.remaining;
      limit = nextChunk(limit, chunk.lockedMs, request.lockTargetMs);
    } catch (error) {
      throw stopped(error, table.name, deleted, planned, work);
    }
    work.onProgress({ done: planned - remaining, total: planned, unit: 'rows', message: table.name });
  }
  return { table: table.name, planned, deleted, tableRows, share, chunks };
}

function refuseTooMuch(table: string, planned: number, tableRows: number, request: PruneRequest): void {
  const { maxRows, maxShare } = request;
  if (maxRows !== undefined && planned > maxRows) {
    throw new Failure(
      'action/too-many-rows',
      `${formatCount(planned, 'row')} of \`${table}\` are selected, \`maxRows\` allows ${maxRows.toLocaleString('en-US')}`,
      {
        state: 'nothing was deleted',
        fix: 'look at the cutoff; if it is right, raise `maxRows`',
        details: { table, planned, maxRows },
      },
    );
  }
  if (tableRows > 0 && planned / tableRows > maxShare) {
    throw new Failure(
      'action/share-exceeded',
      `${formatCount(planned, 'row')} of ${tableRows.toLocaleString('en-US')} in \`${table}\` (${percent(planned / tableRows)}) are selected, \`maxShare\` allows ${percent(maxShare)}`,
      {
        state: 'nothing was deleted',
        fix: 'look at the cutoff; if it is right, raise `maxShare`',
        details: { table, planned, tableRows, maxShare },
      },
    );
  }
}

/** Gives the work a signal that follows the other one a little later. */
async function withGrace<T>(signal: AbortSignal, run: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => late.abort(signal.reason), graceMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await run(late.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** The same failure, with what is gone. */
function stopped(error: unknown, table: string, deleted: number, planned: number, work: PruneWork): unknown {
  const state =
    deleted === 0
      ? 'no row was deleted'
      : `${formatCount(deleted, 'row')} of the ${planned.toLocaleString('en-US')} selected in \`${table}\` are deleted and stay so; the others are untouched`;
  work.onStop(state);
  if (!(error instanceof Failure)) return error;
  return new Failure(error.code, error.message, {
    state,
    cause: error,
    exit: error.exit,
    details: { ...error.details, table, planned, deleted },
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  });
}

export function percent(share: number): string {
  return `${(share * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}
