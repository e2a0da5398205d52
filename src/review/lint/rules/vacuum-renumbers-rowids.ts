// VACUUM where rowids are not kept.

import type { TableShape } from '../../sql/index.ts';
import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';

export const vacuumRenumbersRowids = defineRule({
  code: 'lint/vacuum-renumbers-rowids',
  severity: 'warning',
  profile: 'production',
  bad: runbookExample(
    `
  - { id: vacuum, action: sqlite.vacuum, with: { target: db } }
`.slice(1),
    { schema: ['CREATE TABLE notes (body TEXT)'] },
  ),
  good: runbookExample(
    `
  - { id: vacuum, action: sqlite.vacuum, with: { target: db } }
`.slice(1),
    { schema: ['CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)'] },
  ),
  *check(context) {
    if (!context.hasSchema) return;
    for (const { step } of context.steps) {
      if (step.action !== 'sqlite.vacuum') continue;
      const loose = context.tables.filter((name) => hasLooseRowids(context.table(name)));
      if (loose.length === 0) continue;
      const shown = loose
        .slice(0, 3)
        .map((name) => `\`${name}\``)
        .join(', ');
      yield {
        place: placeOf(step, '/action'),
        message: `VACUUM may give the rows of ${shown}${loose.length > 3 ? ` and ${loose.length - 3} more tables` : ''} new rowids, which have no INTEGER PRIMARY KEY: what remembers a rowid then means another row`,
        fix: 'give the tables an INTEGER PRIMARY KEY, or say with an ignore that nothing remembers rowids',
      };
    }
  },
});

function hasLooseRowids(shape: TableShape | undefined): boolean {
  if (shape === undefined || shape.type !== 'table' || shape.isWithoutRowid) return false;
  const key = shape.columns.filter(({ keyPlace }) => keyPlace > 0);
  return !(key.length === 1 && key[0]?.type.toUpperCase() === 'INTEGER');
}
