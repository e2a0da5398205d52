// Brings rows to their targets in whatever order the constraints allow, and proves by reading that they are there.
// Runs with foreign keys off and without triggers; never replaces a row that the records do not name.

import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import { scalar } from '../connection.ts';
import { isSqliteError } from '../errors.ts';
import { isChanged, type UndoRow } from './plan-undo.ts';

/**
 * Deletes, then updates until no more fit, then inserts. What is left are values that rows pass round in a circle:
 * those rows leave together and come back together, each under its rowid.
 * Gives the rows that a constraint keeps out; then the caller rolls back.
 */
export function writeRows(db: DatabaseSync, rows: readonly UndoRow[]): UndoRow[] {
  const changed = rows.filter(isChanged);
  const before = totalChanges(db);
  let writes = 0;
  const attempt = (write: () => void): boolean => {
    try {
      write();
      writes++;
      return true;
    } catch (error) {
      if (isSqliteError(error) && ((error.errcode ?? 0) & 0xff) === 19) return false;
      throw error;
    }
  };
  const back: { readonly row: UndoRow; readonly rowid?: bigint | undefined }[] = [];
  let waiting: UndoRow[] = [];
  for (const row of changed) {
    if (row.current && row.target) waiting.push(row);
    else if (row.current) row.table.delete(row.current);
    else back.push({ row });
    if (row.current && !row.target) writes++;
  }
  for (let left = -1; left !== waiting.length && waiting.length > 0; ) {
    left = waiting.length;
    waiting = waiting.filter(
      ({ table, current, target }) => !attempt(() => current && target && table.update(current, target)),
    );
  }
  for (const row of waiting) {
    const { table, current } = row;
    if (!current) continue;
    back.unshift({ row, rowid: table.rowidOf(current) });
    table.delete(current);
    writes++;
  }
  const refused = back.filter(
    ({ row: { table, target }, rowid }) => !attempt(() => target && table.insert(target, rowid)),
  );
  // Invariant: nobody else's row changed, neither by a trigger that was overlooked nor by a cascade.
  if (refused.length === 0 && totalChanges(db) - before !== writes)
    throw unproven('more rows changed than were written');
  return refused.map(({ row }) => row);
}

/** Each row of the records is what it must be: `true` from SQLite would be no proof. */
export function assertRows(rows: readonly UndoRow[], state = 'nothing was changed'): void {
  for (const { table, key, current, target } of rows) {
    const found = table.read(target ?? current ?? key);
    const isEqual = found && target ? found.every((value, i) => value === target[i]) : found === target;
    if (!isEqual)
      throw unproven(`a row of \`${table.name}\` does not read back as its recorded old value`, state);
  }
}

function totalChanges(db: DatabaseSync): number {
  return Number(scalar(db, 'SELECT total_changes()'));
}

function unproven(message: string, state = 'nothing was changed'): Failure {
  return new Failure('target/undo-unproven', message, {
    state,
    fix: 'restore the backup taken before the step',
  });
}
