// What differs between two databases, in words; and whether one difference lies within another. Pure.

import { formatCount } from '../../base/index.ts';
import type { DatabaseDifference } from '../../target/index.ts';

/** A text says why the two cannot be compared. */
export type Difference = DatabaseDifference | string;

export function describeDifference(difference: Difference): string {
  if (typeof difference === 'string') return difference;
  const { schema, tables } = difference;
  const objects = (['added', 'changed', 'removed'] as const).flatMap((what) =>
    schema[what].map((object) => `${object} ${what}`),
  );
  const rows = tables.map(({ table, ...numbers }) => {
    const parts = (['added', 'changed', 'removed'] as const)
      .filter((what) => numbers[what] > 0)
      .map((what) => `${formatCount(numbers[what], 'row')} ${what}`);
    return `${table} ${parts.join(', ')}`;
  });
  const all = [...objects, ...rows];
  // Not in a table: the version numbers that a program keeps in the header, a counter of rows.
  return all.length === 0 ? 'the rows are the same, but not what the file says of itself' : all.join('; ');
}

/** Only tables that differ there too, and nothing of the schema. */
export function isWithin(difference: Difference, other: Difference): boolean {
  if (typeof difference === 'string' || typeof other === 'string') return false;
  const { added, changed, removed } = difference.schema;
  if (added.length + changed.length + removed.length > 0) return false;
  const names = new Set(other.tables.map(({ table }) => table));
  return difference.tables.every(({ table }) => names.has(table));
}
