// Why a run that is on record as at work is left alone: it works here, where this process cannot see it, or on a host that
// cannot be asked.

import { Failure } from '../diagnostic/index.ts';
import type { RunView } from '../journal/index.ts';
import { isOutOfSight, isSameProcess, thisProcess } from '../process/index.ts';

/** `verb`: the command that was refused. */
export function stillRunning({ id, pid, host, processStart }: RunView, verb: string): Failure {
  if (host !== thisProcess().host && !isSameProcess(pid, processStart))
    return new Failure(
      'run/still-running',
      `run \`${id}\` belongs to process ${pid} on \`${host}\`, which cannot be asked from here`,
      {
        state: 'nothing was changed; whether that run still works is not known',
        fix: `on \`${host}\`: \`belay ${verb} ${id}\`; here only if that host is gone for good, or has another name now: \`--lost-host ${host}\``,
      },
    );
  const where = isOutOfSight(processStart)
    ? `in another container of this machine (its pid there is ${pid}), and has its lease`
    : `(pid ${pid} on ${host})`;
  return new Failure('run/still-running', `run \`${id}\` is at work ${where}`, {
    state: 'nothing was changed',
    fix: `wait for it: \`belay runs watch ${id}\`, or stop it where it runs: \`kill ${pid}\``,
  });
}

/** Fails with `usage/invalid-value`: to say that a host is gone is to say which. */
export function requireLostHost({ id, host }: RunView, lostHost: string | undefined): void {
  if (lostHost === undefined || lostHost === host) return;
  throw new Failure(
    'usage/invalid-value',
    `run \`${id}\` belongs to host \`${host}\`, not to \`${lostHost}\``,
    {
      state: 'nothing was changed',
      fix: host === thisProcess().host ? 'leave out `--lost-host`' : `look at it: \`belay runs show ${id}\``,
    },
  );
}
