// Takes requests in turn, runs their operations, sends results, failures, progress and commit announcements.

import type { CommitAnnouncement } from '../../target/session.ts';
import type { CommitMark } from '../commit-mark.ts';
import type { OpenArgs, OperationName, Reply, Request } from '../protocol.ts';
import { attribute, markNow } from './attribution.ts';
import { type Connection, closeConnection, openConnection } from './connection.ts';
import { asFailure } from './errors.ts';
import { takeExclusive } from './exclusive.ts';
import { operations } from './operations/index.ts';
import type { Work } from './work.ts';

/** They move the commit mark without a commit that is announced, or set the point from which others are counted. */
const movesMark: ReadonlySet<OperationName> = new Set([
  'checkpoint',
  'analyze',
  'optimize',
  'reindex',
  'vacuum',
  'configure',
]);

export function createServer(send: (reply: Reply) => void): (request: Request) => void {
  let connection: Connection | undefined;
  let queue = Promise.resolve();
  let permits = 0;
  const waiting = new Map<number, (isGranted: boolean) => void>();

  let asks = 0;
  const asked = new Map<number, (mark: CommitMark | undefined) => void>();
  const readMark = (): Promise<CommitMark | undefined> =>
    new Promise((resolve) => {
      asks++;
      asked.set(asks, resolve);
      send({ kind: 'mark-wanted', ask: asks });
    });

  const permit = (announcement: CommitAnnouncement): Promise<boolean> =>
    new Promise((resolve) => {
      permits++;
      waiting.set(permits, resolve);
      send({ kind: 'commit-permit-wanted', permit: permits, announcement });
    });

  async function open(args: OpenArgs): Promise<Connection> {
    const opened = openConnection(args);
    // Kept at once: were the marks to fail, the next `open` would close it.
    connection = opened;
    // Order: first, so that what the mark says stays true.
    if (args.isExclusive) takeExclusive(opened);
    await attribute(opened, args, readMark);
    // While what others did is not known, the mark of before stays the one to compare with.
    if (args.mode === 'write' && opened.dataVersion !== undefined)
      send({ kind: 'marked', mark: await markNow({ connection: opened, readMark }) });
    return opened;
  }

  async function call(id: number, operation: OperationName, args: never): Promise<void> {
    try {
      if (operation === 'open') {
        if (connection) closeConnection(connection);
        connection = undefined;
        connection = await open(args);
        send({ kind: 'result', id, value: {} });
        return;
      }
      if (!connection) throw new Error(`${operation} before open`);
      const work: Work = {
        connection,
        progress: throttle((progress) => send({ kind: 'progress', id, progress })),
        permit,
        committed: (mark) => send({ kind: 'committed', target: connection?.target ?? '', mark }),
        withdrawn: () => send({ kind: 'withdrawn', target: connection?.target ?? '' }),
        readMark,
      };
      const run = operations[operation] as (work: Work, args: never) => unknown;
      const value = await run(work, args);
      if (movesMark.has(operation)) send({ kind: 'marked', mark: await markNow(work) });
      send({ kind: 'result', id, value });
    } catch (error) {
      const { code, message, state, fix, details, stack } = asFailure(error, connection);
      send({
        kind: 'failure',
        id,
        failure: {
          code,
          message,
          ...(state ? { state } : {}),
          ...(fix ? { fix } : {}),
          ...(details ? { details } : {}),
          ...(stack ? { stack } : {}),
        },
      });
    }
  }

  return (request) => {
    if (request.kind === 'commit-permit') {
      waiting.get(request.permit)?.(request.isGranted);
      waiting.delete(request.permit);
    } else if (request.kind === 'mark') {
      asked.get(request.ask)?.(request.mark);
      asked.delete(request.ask);
    } else {
      queue = queue.then(() => call(request.id, request.operation, request.args as never));
    }
  };
}

/** At most ten a second of the same work; a renderer needs no more, and each is a message between processes. */
function throttle(report: Work['progress']): Work['progress'] {
  let last = 0;
  let work: string | undefined;
  return (progress) => {
    const now = performance.now();
    if (now - last < 100 && progress.done !== progress.total && progress.message === work) return;
    [last, work] = [now, progress.message];
    report(progress);
  };
}
