// Finds the records that SQLite's sessions write and that cannot be taken back: of a key that became another one which
// compares as equal (`a` and `A` under NOCASE, 5 and 5.0 in a column without a type).

import { parseChangeset } from './parse.ts';
import { absent } from './value.ts';

/**
 * SQLite then writes the row twice, as an UPDATE that changes its key and as an INSERT; and when the key came back to
 * what it was, only the INSERT, of a row that was there before (measured, SQLite 3.53.4). Taken back, it would be deleted.
 * `growth`: by how many rows the tables have grown whose keys may be such; more that are recorded were there before.
 */
export function hasAmbiguousKey(changeset: Uint8Array, growth: ReadonlyMap<string, number>): boolean {
  const recorded = new Map<string, number>();
  for (const { table, change } of parseChangeset(changeset)) {
    if (change.kind === 'update') {
      if (table.keyPlaces.some((place, i) => place > 0 && change.new[i] !== absent)) return true;
      continue;
    }
    const name = table.name.toLowerCase();
    recorded.set(name, (recorded.get(name) ?? 0) + (change.kind === 'insert' ? 1 : -1));
  }
  return [...growth].some(([table, rows]) => (recorded.get(table.toLowerCase()) ?? 0) !== rows);
}
