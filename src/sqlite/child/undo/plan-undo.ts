// What every recorded row must become, worked out before anything is written: each row is read once, then followed
// back through the records, newest first, by what they say of it. Writes nothing.

import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import type { RowConflict, UndoRequest } from '../../../target/undo.ts';
import { type Change, type ChangedTable, parseChangeset } from '../changeset/parse.ts';
import { absent, type EncodedRow } from '../changeset/value.ts';
import { findRecordedTable, type RecordedTable, showRow } from './recorded-table.ts';

export interface UndoRow {
  readonly table: RecordedTable;
  /** Only the key's places are meant. */
  readonly key: EncodedRow;
  readonly current: EncodedRow | undefined;
  target: EncodedRow | undefined;
  /** What we left there as far as the records say; for messages. */
  readonly ours: EncodedRow | undefined;
  /** Others changed it: what the records before say of it counts no more. */
  conflict?: RowConflict;
  isSettled?: boolean;
  /** An UPDATE of ours met a row that is gone: its other columns are nowhere. */
  isLost?: boolean;
  /** What the oldest record so far found, with what it knows: `none` is no row. */
  origin: EncodedRow | 'none';
}

export interface UndoPlan {
  readonly tables: readonly RecordedTable[];
  readonly rows: readonly UndoRow[];
}

type Step = 'matches' | 'already' | RowConflict['why'];

export function planUndo(
  db: DatabaseSync,
  { changesets, onConflict, columns }: UndoRequest,
  progress: (rows: number) => void,
): UndoPlan {
  const tables = new Map<string, { table: RecordedTable; rows: Map<string, UndoRow> }>();
  const opened = new Map<ChangedTable, { table: RecordedTable; rows: Map<string, UndoRow> }>();
  let seen = 0;
  for (const changeset of changesets) {
    for (const { table: recorded, change } of parseChangeset(changeset)) {
      let place = opened.get(recorded);
      if (!place) {
        const found = findRecordedTable(db, recorded, columns?.[recorded.name]);
        if (typeof found === 'string') throw schemaChanged(found);
        place = tables.get(recorded.name) ?? { table: found, rows: new Map() };
        tables.set(recorded.name, place);
        opened.set(recorded, place);
      }
      takeBack(rowOf(place, change), change, onConflict);
      progress(++seen);
    }
  }
  const rows = [...tables.values()].flatMap((place) => [...place.rows.values()]);
  rows.forEach(forgiveDone);
  return { tables: [...tables.values()].map(({ table }) => table), rows };
}

/** A row that all records together leave as it is has been taken back before, whatever each of them says alone. */
function forgiveDone(row: UndoRow): void {
  const { conflict, current, origin } = row;
  if (!conflict || !(origin === 'none' ? !current : current && agrees(origin, current))) return;
  delete row.conflict;
  row.isLost = false;
  row.target = current;
}

export function isChanged({ current, target }: UndoRow): boolean {
  return current === undefined || target === undefined
    ? current !== target
    : current.some((value, i) => value !== target[i]);
}

/** What the record says of a row, held against the row. */
export function compareRow(change: Change, row: EncodedRow | undefined): Step {
  switch (change.kind) {
    case 'insert':
      if (!row) return 'already';
      return agrees(change.new, row) ? 'matches' : 'changed';
    case 'delete':
      if (!row) return 'matches';
      return agrees(change.old, row) ? 'already' : 'already-there';
    case 'update':
      if (!row) return 'missing';
      if (agrees(change.new, row)) return 'matches';
      return agrees(change.old, row) ? 'already' : 'changed';
  }
}

function rowOf(
  { table, rows }: { table: RecordedTable; rows: Map<string, UndoRow> },
  change: Change,
): UndoRow {
  const values = change.kind === 'insert' ? change.new : change.old;
  const id = table.keys.map((i) => values[i]).join('');
  const known = rows.get(id);
  if (known) return known;
  const key = table.columns.map((_, i) => (table.keys.includes(i) ? (values[i] ?? absent) : absent));
  const current = table.read(values);
  const row: UndoRow = { table, key, current, target: current, ours: leftBehind(change), origin: 'none' };
  rows.set(id, row);
  return row;
}

function takeBack(row: UndoRow, change: Change, onConflict: UndoRequest['onConflict']): void {
  row.origin = originOf(row.origin, change);
  if (row.isSettled) return;
  const step = compareRow(change, row.target);
  // An INSERT or DELETE knows the whole row again.
  row.isLost = change.kind === 'update' && (step === 'missing' || row.isLost === true);
  if (step === 'already') return;
  if (step !== 'matches') {
    row.conflict ??= conflictOf(row, change, step);
    if (onConflict !== 'discard') {
      row.isSettled = true;
      return;
    }
  }
  row.target = before(change, row.target);
}

/** The row as it was before the change; of a row that is gone, an UPDATE does not know the other columns. */
function before(change: Change, row: EncodedRow | undefined): EncodedRow | undefined {
  if (change.kind === 'insert') return undefined;
  if (change.kind === 'delete') return change.old;
  return row?.map((value, i) => {
    const old = change.old[i] ?? absent;
    return old === absent ? value : old;
  });
}

function originOf(later: UndoRow['origin'], change: Change): UndoRow['origin'] {
  if (change.kind === 'insert') return 'none';
  if (change.kind === 'delete' || later === 'none') return change.old;
  return later.map((value, i) => (change.old[i] === absent ? value : (change.old[i] ?? absent)));
}

function leftBehind(change: Change): EncodedRow | undefined {
  if (change.kind === 'delete') return undefined;
  if (change.kind === 'insert') return change.new;
  return change.new.map((value, i) => (value === absent ? (change.old[i] ?? absent) : value));
}

function conflictOf(row: UndoRow, change: Change, why: RowConflict['why']): RowConflict {
  const left = leftBehind(change);
  const columns = row.table.columns.flatMap((_, i) => (left === undefined || left[i] !== absent ? [i] : []));
  return {
    table: row.table.name,
    key: showRow(row.table, row.key, row.table.keys),
    ours: left ? showRow(row.table, left, columns) : null,
    theirs: row.target ? showRow(row.table, row.target, columns) : null,
    why,
  };
}

/** A row that SQLite, or the rows of others, will not have back. */
export function refusedRow(row: UndoRow, why: 'constraint' | 'foreign-key'): RowConflict {
  const { table, key, ours, current } = row;
  const columns = table.columns.flatMap((_, i) => (ours === undefined || ours[i] !== absent ? [i] : []));
  return {
    table: table.name,
    key: showRow(table, key, table.keys),
    ours: ours ? showRow(table, ours, columns) : null,
    theirs: current ? showRow(table, current, columns) : null,
    why,
  };
}

function agrees(recorded: EncodedRow, row: EncodedRow): boolean {
  return recorded.every((value, i) => value === absent || value === row[i]);
}

function schemaChanged(reason: string): Failure {
  return new Failure('target/undo-schema-changed', `the recorded rows cannot be taken back: ${reason}`, {
    state: 'nothing was changed',
    fix: 'restore the backup taken before the step, or bring the schema back as it was',
  });
}
