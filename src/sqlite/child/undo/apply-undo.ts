// Takes recorded transactions back inside an open transaction: plans, writes, checks foreign keys, reads back.
// Whatever it meets, the caller may still roll everything back.

import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import type { RowConflict, UndoPrepared, UndoRequest } from '../../../target/undo.ts';
import { findViolations, rowsToBlame, type Violation, type Violations } from './foreign-keys.ts';
import { isChanged, planUndo, refusedRow, type UndoPlan, type UndoRow } from './plan-undo.ts';
import { putBackSequences, readSequences } from './sequences.ts';
import { withoutTriggers } from './without-triggers.ts';
import { assertRows, writeRows } from './write-rows.ts';

/** More are never listed. */
const maxConflicts = 1000;

export interface Applied extends UndoPrepared {
  readonly plan: UndoPlan;
  readonly touched: readonly string[];
  /** Rows or sequences differ from before. */
  readonly hasChanged: boolean;
}

/** Order: foreign keys are off before BEGIN; this cannot be done here. */
export function applyUndo(db: DatabaseSync, request: UndoRequest, progress: (rows: number) => void): Applied {
  if (db.prepare('PRAGMA foreign_keys').get()?.foreign_keys !== 0)
    throw new Error('foreign keys are on: a cascade would take rows of others');
  const plan = planUndo(db, request, progress);
  const touched = plan.tables.map(({ name }) => name);
  const found = plan.rows.flatMap(({ conflict }) => (conflict ? [conflict] : []));
  const lost = plan.rows.flatMap(({ conflict, isLost }) => (conflict && isLost ? [conflict] : []));
  // With `keep` such a row stays gone, as others left it.
  const fatal = { abort: found, keep: [], discard: lost }[request.onConflict];
  if (fatal.length > 0) return refused(plan, fatal);

  const numbers = readSequences(db, [...touched, ...namesOf(request)]);
  const later = withoutTriggers(db, touched, () => bringBack(db, plan.rows, touched, request.onConflict));
  if (later.isRefused) return refused(plan, later.conflicts);
  assertRows(plan.rows);
  const sequences = putBackSequences(db, request.sequences, numbers);
  const changed = plan.rows.filter(isChanged);
  return {
    state: 'prepared',
    rows: changed.length,
    tables: touched
      .map((table) => ({ table, rows: changed.filter((row) => row.table.name === table).length }))
      .filter(({ rows }) => rows > 0),
    conflicts: [...found, ...later.conflicts].slice(0, maxConflicts),
    plan,
    touched,
    hasChanged: changed.length > 0 || sequences > 0,
  };
}

/** Writes; with `keep`, rows that constraints or foreign keys refuse stay as they are and the rest is tried again. */
function bringBack(
  db: DatabaseSync,
  rows: readonly UndoRow[],
  touched: readonly string[],
  onConflict: UndoRequest['onConflict'],
): { readonly isRefused: boolean; readonly conflicts: readonly RowConflict[] } {
  const kept: RowConflict[] = [];
  let before: Violations | undefined;
  db.exec('SAVEPOINT belay_undo');
  for (;;) {
    const blamed = new Map<UndoRow, RowConflict>();
    const strangers: RowConflict[] = [];
    for (const row of writeRows(db, rows)) blamed.set(row, refusedRow(row, 'constraint'));
    if (blamed.size === 0) {
      const after = findViolations(db, touched);
      if (after.count > 0 || after.rows.size > 0) {
        if (!before) {
          db.exec('ROLLBACK TO belay_undo');
          before = findViolations(db, touched);
          continue;
        }
        for (const violation of newOnes(before, after)) {
          const toBlame = rowsToBlame(violation, rows);
          for (const row of toBlame) blamed.set(row, refusedRow(row, 'foreign-key'));
          if (toBlame.length === 0) strangers.push(strangerOf(violation));
        }
      }
    }
    if (blamed.size === 0 && strangers.length === 0) break;
    db.exec('ROLLBACK TO belay_undo');
    kept.push(...blamed.values());
    if (onConflict !== 'keep' || strangers.length > 0) {
      db.exec('RELEASE belay_undo');
      return { isRefused: true, conflicts: [...kept, ...strangers] };
    }
    for (const row of blamed.keys()) row.target = row.current;
  }
  db.exec('RELEASE belay_undo');
  return { isRefused: false, conflicts: kept };
}

function newOnes(before: Violations, after: Violations): Violation[] {
  const rows = [...after.rows].flatMap(([id, violation]) => (before.rows.has(id) ? [] : [violation]));
  if (rows.length === 0 && after.count > before.count)
    throw new Failure('target/undo-unproven', 'SQLite finds new rows without a parent, but not which', {
      state: 'nothing was changed',
      fix: 'restore the backup taken before the step',
    });
  return rows;
}

/** A row of a table without a primary key, or one whose parent cannot be told. */
function strangerOf({ child, foreignKey }: Violation): RowConflict {
  return {
    table: child,
    key: { constraint: foreignKey.columns.join(', ') },
    ours: null,
    theirs: null,
    why: 'foreign-key',
  };
}

function refused(plan: UndoPlan, conflicts: readonly RowConflict[]): Applied {
  return {
    state: 'conflicts',
    rows: 0,
    tables: [],
    conflicts: conflicts.slice(0, maxConflicts),
    plan,
    touched: [],
    hasChanged: false,
  };
}

function namesOf({ sequences }: UndoRequest): string[] {
  return Object.keys({ ...sequences?.before, ...sequences?.after });
}
