// What each exit code says: of the run, of the data, and what is to be done. The one table, for the terminal and the page.

import type { exitCodes } from './exit-code.ts';

export interface ExitMeaning {
  readonly title: string;
  /** The state of the targets. */
  readonly data: string;
  /** What to do. */
  readonly todo: string;
}

const same = 'as before';
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, ExitMeaning>> = {
  done: { title: 'done', data: 'as the runbook wants it', todo: 'nothing' },
  defect: {
    title: 'internal defect: a bug in Belay',
    data: 'the message says it, if a run had begun',
    todo: 'report it, with the output of `--verbose`',
  },
  usage: {
    title: 'the command line is wrong, or this Node is too old',
    data: same,
    todo: '`belay COMMAND --help`',
  },
  invalid: {
    title: 'the runbook, plan or project file is invalid',
    data: same,
    todo: 'mend the file; line and column are given',
  },
  refused: {
    title:
      'refused before any change: a precondition is unmet or in error, a target is leased or locked, an interrupted run is pending, a gate is ahead and nobody to ask, there is no room, or the plan is stale',
    data: same,
    todo: 'read `cause`, run again',
  },
  declined: { title: 'a gate was declined or expired', data: same, todo: 'run again when it is wanted' },
  failed: {
    title: 'a step failed: nothing of the run had been committed, or all was rolled back and verified',
    data: same,
    todo: 'read `cause`, run again',
  },
  needsPerson: {
    title: 'a person must look: an incomplete rollback, a step whose end is unknown, writes by others',
    data: 'not known to be right',
    todo: 'look at once; `next` names the command',
  },
  waiting: {
    title: 'waiting for approval',
    data: 'as the steps before the gate left it',
    todo: '`belay approve RUN` or `belay reject RUN`, by other people',
  },
  kept: {
    title:
      'a step failed, its changes are kept, as the runbook declares (`onFailure: abort`, or after `accept`)',
    data: 'changed in part; the backup is named',
    todo: 'decide: go on by hand, or go back to the backup',
  },
  wouldChange: {
    title: '`plan --detailed-exitcode`: the run would change something',
    data: same,
    todo: 'nothing',
  },
  warnings: {
    title: 'done, with warnings: a step failed under `onFailure: continue`',
    data: 'as the runbook wants it',
    todo: 'read the warning',
  },
  found: { title: 'a check found something', data: same, todo: 'read what it found' },
  hangup: { title: 'ended by SIGHUP', data: same, todo: 'run again' },
  interrupted: { title: 'interrupted with Ctrl-C', data: same, todo: 'run again' },
  terminated: { title: 'ended by SIGTERM', data: same, todo: 'run again' },
};
