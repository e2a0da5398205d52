// Row-level undo of one target: the recorded changesets inverted, newest first, in one transaction; others' rows stay.

import { Failure } from '../diagnostic/index.ts';
import type { RollbackWork } from '../engine/index.ts';
import type { TargetHistory } from '../journal/index.ts';
import type { RowConflict, SequenceValues, UndoRequest, WriteSession } from '../target/index.ts';

export interface PreparedRows {
  readonly history: TargetHistory;
  readonly session: WriteSession;
  readonly rows: number;
  /** Of others since our last transaction, seen inside this one. */
  readonly foreignWrites: 'none' | 'proven' | 'unknown';
}

/** What is in the file already need not stay in the -wal: the undo begins it anew, and takes no more room than the run did. */
async function makeRoomInLog(session: WriteSession): Promise<void> {
  try {
    await session.bringHome();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/**
 * Prepares all targets in open transactions. Fails with `run/rollback-conflict`, everything rolled back, when rows are
 * not as we left them.
 */
export async function prepareRows(
  work: RollbackWork,
  histories: readonly TargetHistory[],
): Promise<PreparedRows[]> {
  const prepared: PreparedRows[] = [];
  try {
    for (const history of histories) {
      const session = await work.sessions.writer(history.target);
      work.recorder.show({
        type: 'progress',
        step: 'rollback',
        message: `taking back rows of ${history.target}`,
      });
      await makeRoomInLog(session);
      const result = await session.undoPrepare(undoRequestOf(work, history));
      if (result.state === 'conflicts') throw conflictFailure(history.target, result.conflicts);
      const foreignWrites = await session.foreignWrites();
      prepared.push({ history, session, rows: result.rows, foreignWrites });
    }
    return prepared;
  } catch (error) {
    for (const { session } of prepared) await session.undoCancel();
    throw error;
  }
}

/** Where nobody else has written, what is there now has to be what was there before, to the last byte. */
export async function commitRows(work: RollbackWork, prepared: PreparedRows): Promise<void> {
  const { history, session, foreignWrites } = prepared;
  const { target, backup, commits } = history;
  const { rows } = await session.undoCommit();
  const isAlone = foreignWrites === 'none' && commits.every((commit) => commit.foreignWrites === 'none');
  const isProvenByHash =
    isAlone && backup !== undefined && (await session.contentHash()) === backup.contentHash;
  if (isAlone && backup !== undefined && !isProvenByHash && (await session.foreignWrites()) === 'none')
    throw new Failure(
      'run/rollback-incomplete',
      `the rows of \`${target}\` were taken back, and its content is not that of the backup from before, though nobody else has written`,
      {
        state: `\`${target}\` is not as before; the state before is backup \`${backup.id}\``,
        fix: `belay backup restore ${backup.id}`,
      },
    );
  work.recorder.record({
    type: 'undone',
    how: 'rows',
    target,
    rows,
    proof: isProvenByHash ? `content equals backup ${backup.id}` : 'every row was read back',
  });
}

export function undoRequestOf(work: RollbackWork, history: TargetHistory): UndoRequest {
  const newestFirst = history.commits.toReversed();
  const changesets = newestFirst.map(({ changeset, step }) => {
    const bytes = changeset === undefined ? undefined : work.readBlob(changeset);
    if (bytes === undefined) {
      throw new Failure(
        'run/rollback-incomplete',
        `the journal does not hold what step \`${step}\` changed`,
        {
          state: `\`${history.target}\` is as the run left it`,
        },
      );
    }
    return bytes;
  });
  return {
    changesets,
    onConflict: work.choices.onConflict,
    sequences: sequencesOf(history),
    columns: Object.assign({}, ...history.commits.map(({ columns }) => columns)),
  };
}

/** For each table the earliest value before us, and the latest after us. */
function sequencesOf({ commits }: TargetHistory): { before: SequenceValues; after: SequenceValues } {
  return {
    before: Object.assign({}, ...commits.toReversed().map(({ sequences }) => sequences?.before)),
    after: Object.assign({}, ...commits.map(({ sequences }) => sequences?.after)),
  };
}

function conflictFailure(target: string, conflicts: readonly RowConflict[]): Failure {
  const [first] = conflicts;
  const example =
    first === undefined ? '' : ` (first: ${first.table} ${JSON.stringify(first.key)}, ${first.why})`;
  return new Failure(
    'run/rollback-conflict',
    `others have changed ${conflicts.length === 1 ? 'a row' : `${conflicts.length} rows`} of \`${target}\` that this run had written${example}`,
    {
      state: 'nothing was taken back; every target is as the run left it',
      fix: 'look at the rows, then `belay rollback RUN --keep-conflicts` or `--discard-foreign-writes`',
      details: { conflicts },
    },
  );
}
