// A prune: checks, a fixed set of rows, refusal or deletion in short transactions.
// Must never delete a row that the count did not include.

import { formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type {
  PruneChunk,
  PruneCounts,
  PruneSelection,
  TargetProgress,
  WriteSession,
} from '../../target/index.ts';
import { firstChunk, nextChunk } from './next-chunk.ts';
import { predicateFor, type RowChoice } from './predicate.ts';
import { refuseTooMuch, shareOf } from './refuse-too-much.ts';
import { requireTable } from './require-table.ts';

export interface PruneRequest extends Pick<PruneSelection, 'cascade' | 'children' | 'allowScan' | 'archive'> {
  readonly table: string;
  readonly rows: RowChoice;
  /** On all rows that would be deleted, whatever their table. */
  readonly maxRows?: number;
  /** 0 to 1, for each table. */
  readonly maxShare: number;
  /** How long one transaction may hold the write lock, about; the archive's part included. */
  readonly lockTargetMs: number;
}

export interface PruneWork {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TargetProgress) => void;
  readonly onStop: (message: string) => void;
}

export interface PruneResult {
  /** The table of the prune first, as the schema spells it. */
  readonly tables: readonly (PruneCounts['tables'][number] & {
    readonly deleted: number;
    readonly archived: number;
  })[];
  readonly share: number;
  readonly chunks: number;
  /** Selected rows that stay, because rows hang on them that came after the count. */
  readonly kept: number;
  /** Folder of the archive, when there is one. */
  readonly archive?: string;
}

/** How long a chunk at work may go on after a stop: it is nearly done, unless it waits for somebody else's lock. */
const graceMs = 500;

/**
 * Deletes the rows that `where` selects now, with those that hang on them. Rows that become eligible later stay.
 *
 * Invariant: between two chunks no key points nowhere, and each row is in its table or in the archive.
 * Crash: the archive holds at most one chunk whose rows were not deleted; going on with the same archive finds it.
 *
 * Fails before anything is deleted with `action/type-mix`, `action/has-children`, `action/too-many-rows`,
 * `action/share-exceeded`, `sqlite/unindexed-child` or `action/archive-in-use`. Stopped by the signal between chunks: each
 * committed chunk stays, and `state` says how many rows are gone.
 */
export async function prune(
  session: WriteSession,
  request: PruneRequest,
  work: PruneWork,
): Promise<PruneResult> {
  const options = { signal: work.signal, onProgress: work.onProgress };
  const table = await requireTable(session, request.table, options);
  const { where, params } = await predicateFor(session, table, request.rows, options);
  const { cascade, children, allowScan, archive } = request;
  const counts = await session.pruneSelect(
    {
      table: table.name,
      where,
      params,
      ...(cascade === undefined ? {} : { cascade }),
      ...(children === undefined ? {} : { children }),
      ...(allowScan === undefined ? {} : { allowScan }),
      ...(archive === undefined ? {} : { archive }),
    },
    options,
  );
  refuseTooMuch(counts, request);
  const { planned } = counts;
  const done = new Map(counts.tables.map((each) => [each.table, { deleted: 0, archived: 0, changed: 0 }]));
  const perRow = counts.tables.reduce((sum, each) => sum + each.planned, 0) / Math.max(1, planned);
  let [chunks, kept, limit] = [0, 0, Math.max(1, Math.floor(firstChunk / Math.max(1, perRow)))];
  try {
    for (let remaining = planned; remaining > 0; ) {
      work.signal.throwIfAborted();
      const chunk = await withGrace(work.signal, (signal) => session.pruneChunk(limit, { signal }));
      addTo(done, chunk);
      chunks++;
      kept += chunk.kept;
      // A chunk that was made smaller for its size says how many rows fit.
      limit = nextChunk(Math.min(limit, remaining - chunk.remaining), chunk.lockedMs, request.lockTargetMs);
      remaining = chunk.remaining;
      work.onProgress({ done: planned - remaining, total: planned, unit: 'rows', message: table.name });
    }
    const finished = await session.pruneFinish(options);
    return {
      tables: counts.tables.map((each) => ({ ...each, deleted: 0, archived: 0, ...done.get(each.table) })),
      share: shareOf(counts.tables[0]),
      chunks,
      kept,
      ...(finished.folder === undefined ? {} : { archive: finished.folder }),
    };
  } catch (error) {
    throw stopped(error, table.name, done.get(table.name)?.deleted ?? 0, planned, work);
  }
}

function addTo(
  done: Map<string, { deleted: number; archived: number; changed: number }>,
  { tables }: PruneChunk,
): void {
  for (const { table, deleted, archived, changed } of tables) {
    const sum = done.get(table);
    if (sum === undefined) continue;
    sum.deleted += deleted;
    sum.archived += archived;
    sum.changed += changed;
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
