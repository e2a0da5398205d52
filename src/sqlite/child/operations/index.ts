// Which function does which operation. The protocol's map of types keeps both ends honest.

import type { OperationName, Operations } from '../../protocol.ts';
import { readDataVersion } from '../connection.ts';
import { giveBackExclusive, takeExclusive } from '../exclusive.ts';
import type { Work } from '../work.ts';
import { check } from './check.ts';
import { compareWith } from './compare-with.ts';
import { compile } from './compile.ts';
import { contentHash } from './content-hash.ts';
import { counts } from './counts.ts';
import { execute, forecast } from './execute.ts';
import { facts } from './facts.ts';
import { dataVersion, foreignWrites } from './foreign-writes.ts';
import { importRows } from './import-rows.ts';
import { load } from './load.ts';
import { analyze, bringHome, checkpoint, configure, optimize, reindex, vacuum } from './maintain.ts';
import { migrate } from './migrate.ts';
import { rehearse } from './migrate-rehearse.ts';
import { pruneChunk, pruneFinish, pruneSelect } from './prune.ts';
import { query } from './query.ts';
import { readCopy } from './read-copy.ts';
import { restoreAnnounced } from './restore-announced.ts';
import { schema } from './schema.ts';
import { snapshot } from './snapshot.ts';
import { changesetState, undoCancel, undoCommit, undoPrepare } from './undo.ts';

type Table = {
  readonly [Name in Exclude<OperationName, 'open'>]: (
    work: Work,
    args: Operations[Name]['args'],
  ) => Operations[Name]['result'] | Promise<Operations[Name]['result']>;
};

export const operations: Table = {
  facts,
  schema,
  compile,
  forecast,
  query,
  check,
  counts,
  contentHash: ({ connection, progress }) => contentHash(connection.db, { onProgress: progress }),
  readCopy,
  compareWith,
  execute,
  load,
  snapshot: ({ connection, progress }, { to }) =>
    snapshot(connection.db, {
      to,
      onProgress: progress,
      onReading: () => {
        connection.copiedVersion = readDataVersion(connection.db);
      },
    }),
  restore: restoreAnnounced,
  dataVersion: ({ connection }) => dataVersion(connection),
  foreignWrites: ({ connection }) => foreignWrites(connection),
  setExclusive: ({ connection }, { isOn }) => {
    if (isOn) takeExclusive(connection);
    else giveBackExclusive(connection);
    return {};
  },
  checkpoint,
  bringHome,
  analyze,
  optimize,
  reindex,
  vacuum,
  configure,
  rehearse,
  migrate,
  pruneSelect,
  pruneChunk,
  pruneFinish,
  importRows,
  changesetState,
  undoPrepare,
  undoCommit,
  undoCancel,
};
