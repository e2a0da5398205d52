// Takes requests in turn, runs their operations, sends results, failures, progress and commit announcements.

import type { CommitAnnouncement } from '../../target/target.ts';
import type { OperationName, Reply, Request } from '../protocol.ts';
import { type Connection, closeConnection, openConnection } from './connection.ts';
import { asFailure } from './errors.ts';
import { operations } from './operations/index.ts';
import type { Work } from './work.ts';

export function createServer(send: (reply: Reply) => void): (request: Request) => void {
  let connection: Connection | undefined;
  let queue = Promise.resolve();
  let permits = 0;
  const waiting = new Map<number, (isGranted: boolean) => void>();

  const permit = (announcement: CommitAnnouncement): Promise<boolean> =>
    new Promise((resolve) => {
      permits++;
      waiting.set(permits, resolve);
      send({ kind: 'commit-permit-wanted', permit: permits, announcement });
    });

  async function call(id: number, operation: OperationName, args: never): Promise<void> {
    try {
      if (operation === 'open') {
        if (connection) closeConnection(connection);
        connection = undefined;
        connection = openConnection(args);
        send({ kind: 'result', id, value: {} });
        return;
      }
      if (!connection) throw new Error(`${operation} before open`);
      const work: Work = {
        connection,
        progress: throttle((progress) => send({ kind: 'progress', id, progress })),
        permit,
        committed: () => send({ kind: 'committed', target: connection?.target ?? '' }),
      };
      const run = operations[operation] as (work: Work, args: never) => unknown;
      send({ kind: 'result', id, value: await run(work, args) });
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
