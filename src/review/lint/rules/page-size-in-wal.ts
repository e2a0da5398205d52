// A page size that WAL ignores.

import type { Place } from '../../../diagnostic/index.ts';
import { hasKey, placeOf, textAt } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { statementsOf } from '../statements.ts';
import { ownSteps } from '../steps.ts';

export const pageSizeInWal = defineRule({
  code: 'lint/page-size-in-wal',
  severity: 'warning',
  profile: 'safety',
  bad: runbookExample(
    `
  - { id: pages, action: sqlite.configure, with: { target: db, pageSize: 8192 } }
  - { id: vacuum, action: sqlite.vacuum, with: { target: db } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - { id: pages, action: sqlite.configure, with: { target: db, journalMode: delete, pageSize: 8192 } }
  - { id: vacuum, action: sqlite.vacuum, with: { target: db } }
  - { id: wal, action: sqlite.configure, with: { target: db, journalMode: wal } }
`.slice(1),
  ),
  *check(context) {
    const found = (place: Place) => ({
      place,
      message: 'the page size is changed without leaving WAL, where SQLite ignores it',
      fix: 'use `sqlite.configure` with `journalMode: delete` and `pageSize`, and go back to `wal` in a later step',
    });
    for (const step of ownSteps(context))
      if (
        step.action === 'sqlite.configure' &&
        hasKey(step.with, 'pageSize') &&
        (textAt(step.with, 'journalMode') ?? 'wal') === 'wal'
      )
        yield found(placeOf(step, '/with/pageSize'));
    for (const { statement, place } of statementsOf(context))
      if (statement.pragma?.name === 'page_size' && statement.pragma.value !== '') yield found(place);
  },
});
