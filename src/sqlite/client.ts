// The engine's end of the child: calls with answers, progress, commit permits, and the end of the process.
// Owns no SQL and no retry; a stopped client stays stopped, its session starts another.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Code, codes, Failure } from '../diagnostic/index.ts';
import type { SqlChild, SqlChildEnd } from '../process/index.ts';
import type { CommitAnnouncement, SessionOptions } from '../target/session.ts';
import type { CommitMark } from './commit-mark.ts';
import type { ChildFailure, OperationName, Operations, Reply } from './protocol.ts';

export interface ClientOptions {
  readonly scratchFolder: string;
  readonly onProcess?: (process: { pid: number; processStart: string; group: number }) => void;
  /** Makes the announcement durable. Rejecting refuses the commit. Without it nothing can be committed. */
  readonly announce?: (commit: CommitAnnouncement) => Promise<void>;
  readonly committed?: (target: string, mark?: CommitMark) => void;
  /** What was announced last is certainly not in the file. */
  readonly withdrawn?: (target: string) => void;
  /** Reads the commit mark of the database. Without it nothing is known after a lost child. */
  readonly readMark?: () => Promise<CommitMark | undefined>;
  readonly marked?: (mark: CommitMark | undefined) => void;
}

export interface SqliteClient {
  readonly isEnded: boolean;
  /**
   * Runs one operation. An aborted `signal` kills the process and waits for its end.
   * Fails with the codes of the child, with `target/stopped`, with `sqlite/child-lost`, or with what `committed` or
   * `withdrawn` threw: a client that cannot pass on the child's word is stopped.
   */
  call<Name extends OperationName>(
    operation: Name,
    args: Operations[Name]['args'],
    options?: SessionOptions,
  ): Promise<Operations[Name]['result']>;
  /**
   * Ends the process and waits for its end; calls in flight fail with `target/stopped`. Idempotent.
   *
   * Invariant: a commit that was permitted has reported its outcome before the process is ended, unless that takes longer
   * than two seconds; after stopping has begun none is permitted. So what is announced is not left in doubt by us.
   */
  stop(): Promise<void>;
}

/** A COMMIT takes an fsync or two; longer waits are a disk in trouble, and the operator has asked to stop. */
const commitWaitMs = 2000;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: SessionOptions['onProgress'];
}

export async function startClient(options: ClientOptions): Promise<SqliteClient> {
  const pending = new Map<number, Pending>();
  let refusal: unknown;
  let calls = 0;
  let state: 'running' | 'stopping' | 'ended' = 'running';
  let ready: (error?: Error) => void = () => {};
  /** The commit that the child was permitted and has not reported yet. */
  let commit: PromiseWithResolvers<void> | undefined;
  const settleCommit = (): void => {
    commit?.resolve();
    commit = undefined;
  };

  const onEnd = (end: SqlChildEnd): void => {
    const wasStopped = state === 'stopping';
    state = 'ended';
    settleCommit();
    const error = wasStopped ? stopped() : lost(end);
    ready(error);
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };

  const answerPermit = async (permit: number, announcement: CommitAnnouncement): Promise<void> => {
    let isGranted = false;
    try {
      if (!options.announce) throw new Error('this session has no right to commit');
      if (state !== 'running') throw stopped();
      await options.announce(announcement);
      if (state === 'running') {
        isGranted = true;
        commit = Promise.withResolvers();
      } else {
        // Stopped while the announcement became durable: it is not permitted any more.
        options.withdrawn?.(announcement.target);
        throw stopped();
      }
    } catch (error) {
      refusal = error;
    }
    child.send({ kind: 'commit-permit', permit, isGranted });
  };

  const answerMark = async (ask: number): Promise<void> => {
    child.send({ kind: 'mark', ask, mark: await options.readMark?.() });
  };

  /** Thrown from here an error would end the engine without a word. */
  const onMessage = (message: unknown): void => {
    try {
      take(message as Reply);
    } catch (error) {
      settleCommit();
      for (const { reject } of pending.values()) reject(error);
      pending.clear();
      void stop();
    }
  };

  const take = (reply: Reply): void => {
    const call = 'id' in reply ? pending.get(reply.id) : undefined;
    switch (reply.kind) {
      case 'ready':
        ready();
        break;
      case 'progress':
        call?.onProgress?.(reply.progress);
        break;
      case 'committed':
        options.committed?.(reply.target, reply.mark);
        settleCommit();
        break;
      case 'withdrawn':
        options.withdrawn?.(reply.target);
        settleCommit();
        break;
      case 'mark-wanted':
        void answerMark(reply.ask);
        break;
      case 'marked':
        options.marked?.(reply.mark);
        break;
      case 'commit-permit-wanted':
        void answerPermit(reply.permit, reply.announcement);
        break;
      case 'result':
        settleCommit();
        pending.delete(reply.id);
        call?.resolve(reply.value as never);
        break;
      case 'failure':
        settleCommit();
        pending.delete(reply.id);
        // What the engine itself said against the commit is the cause, not the child's echo of it.
        call?.reject(refusal ?? revive(reply.failure));
        refusal = undefined;
    }
  };

  const { startSqlChild } = await import('../process/index.ts');
  const isReady = new Promise<void>((resolve, reject) => {
    ready = (error) => (error ? reject(error) : resolve());
  });
  // A child that ends at once is reported where readiness is awaited, not as an unhandled rejection.
  isReady.catch(() => {});
  const child: SqlChild = await startSqlChild({
    entry: childEntry(),
    scratchFolder: options.scratchFolder,
    onMessage,
    onEnd,
  });
  try {
    options.onProcess?.({ pid: child.pid, processStart: child.processStart, group: child.group });
    await isReady;
  } catch (error) {
    // What could not be recorded may not stay: nobody would find it, and the engine could not end while it lives.
    await child.kill();
    throw error;
  }

  const hasStopped = (): boolean => state !== 'running';
  const stop = async (): Promise<void> => {
    if (state === 'running') state = 'stopping';
    if (commit) await settledWithin(commit.promise, commitWaitMs);
    await child.kill();
  };

  return {
    get isEnded() {
      return state !== 'running';
    },
    call: async (operation, args, { signal, onProgress } = {}) => {
      if (signal?.aborted || state !== 'running') throw stopped();
      const id = ++calls;
      const abort = (): void => void stop();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        return await new Promise((resolve, reject) => {
          pending.set(id, { resolve, reject, onProgress });
          child.send({ kind: 'call', id, operation, args });
        });
      } finally {
        signal?.removeEventListener('abort', abort);
        // An answer can come while the process is being stopped; nobody goes on before it is gone.
        if (hasStopped()) await stop();
      }
    },
    stop,
  };
}

/** From source the module itself, from a bundle the entry that is built for it; both lie beside this code. */
function childEntry(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.endsWith('.ts') ? './child/main.ts' : './sqlite-child.js', here));
}

async function settledWithin(promise: Promise<void>, timeoutMs: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([promise, sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
}

function revive({ code, message, state, fix, details, stack }: ChildFailure): Failure {
  const known: Code = Object.hasOwn(codes, code) ? (code as Code) : 'internal/defect';
  const failure = new Failure(known, message, {
    ...(state ? { state } : {}),
    ...(fix ? { fix } : {}),
    ...(details ? { details } : {}),
  });
  if (stack) failure.stack = stack;
  return failure;
}

export function stopped(): Failure {
  return new Failure('target/stopped', 'the work on the database was stopped', {
    state: 'what had not been committed is rolled back',
  });
}

function lost({ exitCode, signal, stderr }: SqlChildEnd): Failure {
  const how = signal ? `by ${signal}` : `with exit code ${exitCode}`;
  return new Failure('sqlite/child-lost', `the process that works on the database ended ${how}`, {
    state: 'what had not been committed is rolled back',
    fix: 'look for the out-of-memory killer (`dmesg`), then run again',
    details: { stderr },
  });
}
