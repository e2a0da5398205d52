// Finds the one kind of record that SQLite's sessions write and that cannot be taken back: a key that became another
// one which compares as equal (`a` and `A` under NOCASE, 5 and 5.0 in a column without a type).

import { parseChangeset } from './parse.ts';
import { absent } from './value.ts';

/** SQLite then writes the row twice, as an UPDATE that changes its key and as an INSERT (measured, SQLite 3.53.4). */
export function hasAmbiguousKey(changeset: Uint8Array): boolean {
  for (const { table, change } of parseChangeset(changeset)) {
    if (change.kind !== 'update') continue;
    if (table.keyPlaces.some((place, i) => place > 0 && change.new[i] !== absent)) return true;
  }
  return false;
}
