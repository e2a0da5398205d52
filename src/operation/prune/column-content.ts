// What kinds of values a column holds, and its smallest and largest of each: enough to see how it keeps time.

import type { ReadSession, SessionOptions, SqlValue } from '../../target/index.ts';

export interface ColumnContent {
  readonly counts: Readonly<Record<'number' | 'text' | 'blob', number>>;
  readonly samples: Readonly<Partial<Record<'number' | 'text', readonly SqlValue[]>>>;
}

/** One pass over the column, without sorting. Values as REAL: an INTEGER beyond 2^53 is no reason to stop. */
export async function columnContent(
  session: ReadSession,
  table: string,
  column: string,
  options: SessionOptions,
): Promise<ColumnContent> {
  options.onProgress?.({ message: `looks at how ${table}.${column} keeps time` });
  const isNumber = `typeof("$column") IN ('integer', 'real')`;
  const number = `CASE WHEN ${isNumber} THEN CAST("$column" AS REAL) END`;
  const text = `CASE WHEN typeof("$column") = 'text' THEN substr("$column", 1, 40) END`;
  // The forms of text differ in what stands between date and time, and need not lie at the ends.
  const withAt = (mark: string): string => `CASE WHEN substr("$column", 11, 1) = '${mark}' THEN ${text} END`;
  const { rows } = await session.query(
    {
      sql: `SELECT total(${isNumber}) AS numbers, total(typeof("$column") = 'text') AS texts,
                   total(typeof("$column") = 'blob') AS blobs, min(${number}) AS smallest, max(${number}) AS largest,
                   min(${text}) AS first, max(${text}) AS last,
                   min(${withAt(' ')}) AS spaced, min(${withAt('T')}) AS iso
              FROM "$table"`,
      names: { table, column },
    },
    { maxRows: 1, maxBytes: 65_536 },
    options,
  );
  const row = rows[0] ?? {};
  return {
    counts: { number: Number(row.numbers), text: Number(row.texts), blob: Number(row.blobs) },
    samples: {
      number: [row.smallest ?? null, row.largest ?? null].filter((value) => value !== null),
      text: [row.first, row.last, row.spaced, row.iso]
        .map((value) => value ?? null)
        .filter((value) => value !== null),
    },
  };
}
