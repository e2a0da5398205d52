// The page of exit codes: what each says of the data, and which errors end with it.

import { codes, exitCodes, exitMeanings } from '../../src/diagnostic/index.ts';

export function exitCodeReference(): string {
  const ends = Map.groupBy(Object.keys(codes).sort(), (code) => codes[code as keyof typeof codes].exit);
  const rows = Object.entries(exitCodes).map(([name, exit]) => {
    const { title, data, todo } = exitMeanings[name as keyof typeof exitCodes];
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
