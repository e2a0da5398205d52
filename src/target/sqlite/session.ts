// A session on a live target: calls to the child, which is started at the first call and again after a stop.

import { dirname } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';
import {
  type ClientOptions,
  type CommitMark,
  type OpenArgs,
  type OperationName,
  type Operations,
  type SqliteClient,
  startClient,
  stopped,
} from '../../sqlite/index.ts';
import type { TargetFacts, TargetIdentity } from '../facts.ts';
import type { SessionOptions, WriteSession } from '../session.ts';
import type { LastSeen } from '../target.ts';
import { holdsPages } from './holds-pages.ts';
import { inspectFile, mayWrite } from './inspect-file.ts';
import { readCommitMark } from './read-commit-mark.ts';

export type Call = <Name extends OperationName>(
  operation: Name,
  args: Operations[Name]['args'],
  options?: SessionOptions,
) => Promise<Operations[Name]['result']>;

export interface Holder {
  readonly call: Call;
  readonly close: () => Promise<void>;
}

/** Keeps one child for a session: started when it is needed, ended at `close`, started anew after a stop. */
export function holdClient(
  options: ClientOptions,
  open: Omit<OpenArgs, 'isReopened' | 'lastMark' | 'isInDoubt'>,
  lastSeen?: LastSeen,
): Holder {
  let starting: Promise<SqliteClient> | undefined;
  let hasOpened = lastSeen !== undefined;
  let isClosed = false;
  let lastMark: CommitMark | undefined = lastSeen?.mark;
  let isExclusive = false;
  let isInDoubt = lastSeen?.isInDoubt ?? false;
  const marking: ClientOptions = {
    ...options,
    readMark: () => readCommitMark(open.path),
    marked: (mark) => {
      lastMark = mark;
    },
    announce: async (commit) => {
      if (options.announce === undefined) throw new Error('this session has no right to commit');
      await options.announce(commit);
      isInDoubt = true;
    },
    committed: (target, mark) => {
      lastMark = mark;
      isInDoubt = false;
      options.committed?.(target, mark);
    },
    withdrawn: (target) => {
      isInDoubt = false;
      options.withdrawn?.(target);
    },
  };

  const start = async (): Promise<SqliteClient> => {
    const client = await startClient(marking);
    try {
      await client.call('open', { ...open, isReopened: hasOpened, lastMark, isInDoubt, isExclusive });
      hasOpened = true;
      return client;
    } catch (error) {
      await client.stop();
      throw await explainOpen(error, open.path);
    }
  };

  const current = async (): Promise<SqliteClient> => {
    const client = await starting?.catch(() => undefined);
    if (client && !client.isEnded) return client;
    // Order: the old child may still be finishing a commit; the new one must see its outcome.
    await client?.stop();
    starting = start();
    return starting;
  };

  let turn: Promise<unknown> = Promise.resolve();
  return {
    call: async (operation, args, callOptions) => {
      if (isClosed || callOptions?.signal?.aborted) throw stopped();
      // One start at a time; two calls after a stop must not start two children.
      const client = turn.then(current, current);
      turn = client;
      if (operation !== 'setExclusive') return (await client).call(operation, args, callOptions);
      const { isOn } = args as Operations['setExclusive']['args'];
      if (!isOn) isExclusive = false;
      const result = await (await client).call(operation, args, callOptions);
      isExclusive = isOn;
      return result;
    },
    close: async () => {
      isClosed = true;
      await turn.catch(() => {});
      const client = await starting?.catch(() => undefined);
      await client?.stop();
    },
  };
}

/** SQLite says `unable to open` when it cannot make the -shm of a database in WAL mode. */
async function explainOpen(error: unknown, path: string): Promise<unknown> {
  if (!(error instanceof Failure)) return error;
  if (error.code !== 'target/unreadable' && error.code !== 'target/read-only') return error;
  const { isWal } = await inspectFile(path);
  if (!isWal || (await mayWrite(dirname(path)))) return error;
  return new Failure(
    'target/wal-needs-folder',
    `\`${path}\` is in WAL mode: to read it, SQLite must write its -shm file into \`${dirname(path)}\`, which is read-only for this user`,
    {
      state: 'nothing was changed',
      fix: 'run as the owner of the database, or give this user the folder',
      cause: error,
    },
  );
}

/** All methods of a session over one way to call the child. */
export function sessionOver(
  target: string,
  shownPath: string,
  identity: TargetIdentity,
  holder: Holder,
): WriteSession {
  const { call, close } = holder;
  return {
    target,
    path: identity.realPath,
    facts: async (options): Promise<TargetFacts> => ({
      name: target,
      path: shownPath,
      condition: 'ok',
      identity,
      ...(await call('facts', {}, options)),
    }),
    schema: (options) => call('schema', {}, options),
    compile: (sql, names, options) => call('compile', { sql, names }, options),
    forecast: (statements, options) => call('forecast', { statements }, options),
    query: (statement, limits, options) => call('query', { statement, ...limits }, options),
    check: (mode, { foreignKeys, tables, ...options } = {}) =>
      call('check', { mode, foreignKeys, tables }, options),
    counts: (tables, options) => call('counts', { tables }, options),
    contentHash: (options) => call('contentHash', {}, options),
    readCopy: (path, { level, hasLog = false, ...options }) =>
      call('readCopy', { path, level, hasLog }, options),
    compareWith: (path, options) => call('compareWith', { path }, options),
    execute: (statements, effect, options) => call('execute', { statements, effect }, options),
    load: async (statements, options) => void (await call('load', { statements }, options)),
    snapshot: (to, options) => call('snapshot', { to }, options),
    restoreFrom: async (path, { letsOthersIn = false, losesWrites = false, ...options } = {}) => {
      const { pages, isRewritten } = await call('restore', { path, letsOthersIn, losesWrites }, options);
      if (letsOthersIn) await call('setExclusive', { isOn: false }, options);
      const isProven = !isRewritten && (await holdsPages(identity.realPath, path, options?.signal));
      return { pages, isProven };
    },
    dataVersion: (options) => call('dataVersion', {}, options),
    foreignWrites: (options) => call('foreignWrites', {}, options),
    setExclusive: async (isOn, options) => void (await call('setExclusive', { isOn }, options)),
    checkpoint: (options) => call('checkpoint', {}, options),
    bringHome: async (options) => void (await call('bringHome', {}, options)),
    analyze: async (options) => void (await call('analyze', {}, options)),
    optimize: async (options) => void (await call('optimize', {}, options)),
    reindex: async (options) => void (await call('reindex', {}, options)),
    vacuum: (options) => call('vacuum', {}, options),
    configure: async (settings, options) => void (await call('configure', settings, options)),
    rehearse: (migrations, maxShareOfRoom, options) =>
      call('rehearse', { migrations, maxShareOfRoom }, options),
    migrate: (migration, options) => call('migrate', { migration }, options),
    pruneCount: (selection, options) => call('pruneSelect', selection, options),
    pruneSelect: (selection, options) => call('pruneSelect', selection, options),
    pruneChunk: (limit, options) => call('pruneChunk', { limit }, options),
    pruneFinish: (options) => call('pruneFinish', {}, options),
    importRows: (from, options) => call('importRows', { from }, options),
    changesetState: async (changeset, { columns, ...options } = {}) =>
      (await call('changesetState', { changeset, columns }, options)).state,
    undoPrepare: (request, options) => call('undoPrepare', request, options),
    undoCommit: (options) => call('undoCommit', {}, options),
    undoCancel: async (options) => void (await call('undoCancel', {}, options)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
