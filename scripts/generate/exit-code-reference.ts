// The page of exit codes: what each says of the data, and which errors end with it.

import { codes, exitCodes } from '../../src/diagnostic/index.ts';

interface Meaning {
  readonly title: string;
  /** The state of the targets. */
  readonly data: string;
  /** What to do. */
  readonly todo: string;
}

const same = 'as before';
const meanings: Readonly<Record<keyof typeof exitCodes, Meaning>> = {
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

export function exitCodeReference(): string {
  const ends = Map.groupBy(Object.keys(codes).sort(), (code) => codes[code as keyof typeof codes].exit);
  const rows = Object.entries(exitCodes).map(([name, exit]) => {
    const { title, data, todo } = meanings[name as keyof typeof exitCodes];
    return `| ${exit} | ${title} | ${data} | ${todo} |`;
  });
  const lists = Object.values(exitCodes).flatMap((exit) => {
    const found = ends.get(exit) ?? [];
    if (found.length === 0) return [];
    const links = found.map((code) => `[\`${code}\`](errors.md#${code.replaceAll(/[^a-z0-9-]/g, '')})`);
    return ['', `## Errors that end with ${exit}`, '', links.join(' · ')];
  });
  return `${[
    '# Exit codes',
    '',
    '<!-- Generated from src/diagnostic by `npm run generate`. -->',
    '',
    'A promise to scripts. `belay explain N` prints the meaning on the terminal.',
    '',
    '| exit | meaning | your data | you |',
    '| ---: | --- | --- | --- |',
    ...rows,
    '',
    'An interrupted run ends with 130, 143 or 129 only when the targets are as before; otherwise with 9 or 7.',
    ...lists,
  ].join('\n')}\n`;
}
