// Whether the rows of a record are in the file as it left them, as it found them, or as neither. Reads only.

import type { DatabaseSync } from 'node:sqlite';
import type { ChangesetState, RecordedColumns } from '../../../target/undo.ts';
import { type ChangedTable, parseChangeset } from '../changeset/parse.ts';
import { compareRow } from './plan-undo.ts';
import { findRecordedTable, type RecordedTable } from './recorded-table.ts';

export interface ChangesetReport {
  readonly state: ChangesetState;
  /** Why it is `mixed`. */
  readonly reason?: string;
}

/** In one read transaction of the caller's. A record without rows shows nothing, so it is `mixed`. */
export function changesetState(
  db: DatabaseSync,
  changeset: Uint8Array,
  columns: RecordedColumns | undefined,
  progress: (rows: number) => void,
): ChangesetReport {
  const tables = new Map<ChangedTable, RecordedTable>();
  let [applied, old, neither, seen] = [0, 0, 0, 0];
  for (const { table: recorded, change } of parseChangeset(changeset)) {
    let table = tables.get(recorded);
    if (!table) {
      const found = findRecordedTable(db, recorded, columns?.[recorded.name]);
      if (typeof found === 'string') return { state: 'mixed', reason: found };
      table = found;
      tables.set(recorded, found);
    }
    const step = compareRow(change, table.read(change.kind === 'insert' ? change.new : change.old));
    if (step === 'matches') applied++;
    else if (step === 'already') old++;
    else neither++;
    progress(++seen);
  }
  if (seen === 0) return { state: 'mixed', reason: 'the record holds no rows' };
  if (applied === seen) return { state: 'applied' };
  if (old === seen) return { state: 'not-applied' };
  return {
    state: 'mixed',
    reason: `of ${seen} recorded rows ${applied} hold the new values, ${old} the old ones, ${neither} neither`,
  };
}
