// The page of all error codes and exit codes, from the code table.

import { codes } from '../../src/diagnostic/index.ts';

export function errorReference(): string {
  const areas = Map.groupBy(Object.entries(codes).sort(byCode), ([code]) => code.slice(0, code.indexOf('/')));
  const lines = [
    '# Errors',
    '',
    '<!-- Generated from src/diagnostic/codes by `npm run generate`. -->',
    '',
    'Every error has a stable code; `belay explain CODE` prints the same on the terminal. What the exit codes say:',
    '[exit codes](exit-codes.md).',
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
