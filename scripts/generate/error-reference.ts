// The page of all error codes and exit codes, from the code table.

import { codes } from '../../src/diagnostic/index.ts';

const exits: Readonly<Record<number, string>> = {
  0: 'Done.',
  1: 'Internal defect: a bug in Belay.',
  2: 'Usage: the command line is wrong, or this Node is too old.',
  3: 'The runbook, plan or project file is invalid.',
  4: 'Refused before any change: a precondition is unmet or in error, a target is leased or locked, an interrupted run is pending, a gate is ahead and nobody to ask, there is no room, or the plan is stale.',
  5: 'A gate was declined or expired; targets are as before.',
  6: 'A step failed; targets are as before.',
  7: 'A person must look: an incomplete rollback, an unknown step, writes by others.',
  8: 'Waiting for approval.',
  9: 'A step failed; its changes are kept, as the runbook declares.',
  10: '`plan --detailed-exitcode`: the run would change something.',
  11: 'Done, with warnings.',
  12: 'A check found something.',
  129: 'Hung up while a gate was open; targets are as before.',
  130: 'Interrupted by Ctrl-C; targets are as before.',
  143: 'Terminated; targets are as before.',
};

export function errorReference(): string {
  const areas = Map.groupBy(Object.entries(codes).sort(byCode), ([code]) => code.slice(0, code.indexOf('/')));
  const lines = [
    '# Errors',
    '',
    '<!-- Generated from src/diagnostic/codes by `npm run generate`. -->',
    '',
    'Every error has a stable code; `belay explain CODE` prints the same on the terminal.',
    '',
    '## Exit codes',
    '',
    '| exit | meaning |',
    '| ---: | --- |',
    ...Object.entries(exits).map(([exit, meaning]) => `| ${exit} | ${meaning} |`),
  ];
  for (const [area, entries] of areas) {
    lines.push('', `## ${area}`);
    for (const [code, entry] of entries)
      lines.push('', `### \`${code}\``, '', `${sentence(entry.title)} Exit ${entry.exit}.`, '', entry.help);
  }
  return `${lines.join('\n')}\n`;
}

function byCode([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
