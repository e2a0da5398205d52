// `sqlite.stats`: measure a database: size, free space, rows per table.

import { defineAction } from '../action.ts';
import { count, identifier, inputs, list, mapOf, optional, outputs, share, target } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';
import { freeShare } from './free-share.ts';

export const sqliteStats = defineAction({
  name: 'sqlite.stats',
  summary: 'Measure a database: size, free space, rows per table',
  description:
    'Reads the size of the file and its WAL, the share of free pages, and counts the rows of the named tables, or of all ordinary tables. Counting reads each table once.',
  with: inputs({
    target: target(),
    tables: optional(
      list(identifier('A table.'), 'Tables to count. Default: all ordinary tables.', {
        examples: [['sessions', 'users']],
      }),
    ),
  }),
  outputs: outputs({
    sizeBytes: count('Size of the database file in bytes.'),
    walBytes: count('Size of the write-ahead log in bytes; 0 when there is none.'),
    freeBytes: count('Bytes in free pages, which VACUUM would give back.'),
    freeShare: share('Part of the file that is free pages, 0 to 1.'),
    pageSize: count('Bytes per page.'),
    tables: mapOf(count('Rows.'), 'Rows by table.'),
    totalRows: count('Rows of all counted tables together.'),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
  isPlannable: true,
  async run(input, context) {
    const session = await context.reader(input.target);
    const options = sessionOptions(context);
    const facts = await session.facts(options);
    const counts = await session.counts(input.tables, options);
    const totalRows = counts.reduce((sum, { rows }) => sum + rows, 0);
    return {
      outputs: {
        sizeBytes: facts.sizeBytes,
        walBytes: facts.walBytes,
        freeBytes: facts.freeBytes,
        freeShare: freeShare(facts),
        pageSize: facts.pageSize,
        tables: Object.fromEntries(counts.map(({ table, rows }) => [table, rows])),
        totalRows,
      },
      measures: [
        { name: 'size', value: facts.sizeBytes, unit: 'bytes' },
        { name: 'rows', value: totalRows, unit: 'rows' },
      ],
    };
  },
});
