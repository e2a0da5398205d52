// One migration in one transaction, with its row in the ledger. Order: foreign keys as the file needs them, begin, count
// everything, run, count again, refuse losses, look for broken foreign keys, write the ledger, announce, COMMIT.

import { statSync } from 'node:fs';
import type { SQLInputValue } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import type { LedgerEntry, MigrationEffects, MigrationScript } from '../../../target/migration.ts';
import { quoteName } from '../../statements.ts';
import { type Connection, readDataVersion, scalar } from '../connection.ts';
import { asFailure } from '../errors.ts';
import { newObserved, type Observed } from '../guard.ts';
import { bindings, prepareGuarded, runGuarded } from '../prepare.ts';
import { inTransaction } from '../transaction.ts';
import type { Work } from '../work.ts';
import { dropTemporary } from './execute.ts';
import { type Census, countOrphans, parentTables, takeCensus } from './migrate-census.ts';
import {
  assertNoNewOrphans,
  assertNothingLost,
  lostObjects,
  rowChanges,
  schemaChanges,
  type Tally,
} from './migrate-effects.ts';
import { ownTargets } from './migrate-names.ts';

/** How the script is to be tried; what only the try itself can show is found, rolled back, and tried again. */
interface Mode {
  foreignKeysOff: boolean;
  readonly legacyAlterTable: boolean;
  /** There are broken foreign keys afterwards: which were there before? */
  countsOrphansFirst: boolean;
}

/** A table with children is dropped: with foreign keys on, DROP TABLE first deletes its rows, and those of its children. */
const needsForeignKeysOff = new Error('a table with children is dropped');
const needsOrphansBefore = new Error('foreign keys are broken afterwards');

/** Fails as `WriteSession.migrate` says; then nothing of the script is committed. */
export async function migrate(
  work: Work,
  { migration }: { readonly migration: MigrationScript },
): Promise<MigrationEffects> {
  const mode: Mode = {
    foreignKeysOff: migration.foreignKeysOff,
    legacyAlterTable: migration.legacyAlterTable,
    countsOrphansFirst: false,
  };
  for (;;) {
    try {
      return await withSettings(work.connection, mode, () => attempt(work, migration, mode));
    } catch (error) {
      if (error === needsForeignKeysOff && !mode.foreignKeysOff) mode.foreignKeysOff = true;
      else if (error === needsOrphansBefore && !mode.countsOrphansFirst) mode.countsOrphansFirst = true;
      else throw inMigration(asFailure(error, work.connection), migration.name);
    }
  }
}

/** Inside a transaction SQLite ignores `foreign_keys` without a word: it is set before, and read back. */
async function withSettings<T>({ db }: Connection, mode: Mode, work: () => Promise<T>): Promise<T> {
  const set = (pragma: string, wanted: number): void => {
    db.exec(`PRAGMA ${pragma} = ${wanted}`);
    if (Number(scalar(db, `PRAGMA ${pragma}`)) === wanted) return;
    throw new Failure('target/setting-refused', `SQLite did not set ${pragma} to ${wanted}`, {
      state: 'nothing of this migration was committed',
    });
  };
  try {
    set('foreign_keys', mode.foreignKeysOff ? 0 : 1);
    set('legacy_alter_table', mode.legacyAlterTable ? 1 : 0);
    return await work();
  } finally {
    set('foreign_keys', 1);
    set('legacy_alter_table', 0);
  }
}

async function attempt(work: Work, migration: MigrationScript, mode: Mode): Promise<MigrationEffects> {
  const { connection } = work;
  const { db, path } = connection;
  const started = performance.now();
  let after: Census | undefined;
  const { result } = await inTransaction(
    work,
    'change',
    () => ({ tables: [], reason: 'a migration may change the schema' }),
    () => {
      const before = censusNow(connection, migration.ledger.table);
      const orphansBefore = mode.countsOrphansFirst ? countOrphans(db) : undefined;
      const bytesBefore = sizeOf(connection);
      const { tally, isSchemaChange } = runAll(connection, migration, mode);
      after = takeCensus(db, migration.ledger.table);
      assertNothingLost(before, after, tally);
      // With foreign keys on and the schema as it was, SQLite itself has kept them.
      if (mode.foreignKeysOff || isSchemaChange) {
        const orphans = countOrphans(db);
        if (orphans.size > 0 && orphansBefore === undefined) throw needsOrphansBefore;
        assertNoNewOrphans(orphansBefore ?? new Map(), orphans);
      }
      writeLedger(connection, migration.ledger);
      dropTemporary(connection);
      const rows = rowChanges(before, after, tally);
      const effects: MigrationEffects = {
        name: migration.name,
        schema: schemaChanges(before, after),
        rows,
        foreignKeysOff: mode.foreignKeysOff,
        lost: lostObjects(before, after, tally),
        journalBytes: statSync(`${path}-journal`, { throwIfNoEntry: false })?.size ?? 0,
        bytesBefore,
        bytesAfter: sizeOf(connection),
        durationMs: 0,
      };
      const changed = rows.reduce((sum, each) => sum + each.added + each.changed + each.removed, 0);
      return { result: effects, rows: changed, hasOtherChange: true };
    },
  );
  if (after) remember(connection, after);
  return { ...result, durationMs: performance.now() - started };
}

type Mutable<T> =
  T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends ReadonlySet<infer V> ? Set<V> : T;

function runAll(
  connection: Connection,
  migration: MigrationScript,
  mode: Mode,
): { tally: Tally; isSchemaChange: boolean } {
  let isSchemaChange = false;
  const tally: { [K in keyof Tally]: Mutable<Tally[K]> } = {
    written: new Set(),
    rebuilt: new Set(),
    inserted: new Map(),
    updated: new Map(),
    deleted: new Map(),
  };
  const counts = { insert: tally.inserted, update: tally.updated, delete: tally.deleted } as const;
  for (const [index, { sql }] of migration.statements.entries()) {
    try {
      const seen = newObserved();
      const changes = runOne(connection, sql, mode, seen);
      isSchemaChange ||= seen.isSchemaChange;
      for (const { verb, table } of ownTargets(sql)) {
        const key = table.toLowerCase();
        tally.written.add(key);
        if (verb === 'drop' || verb === 'rename') tally.rebuilt.add(key);
        else if (verb !== 'alter') counts[verb].set(key, (counts[verb].get(key) ?? 0) + changes);
      }
    } catch (error) {
      if (error === needsForeignKeysOff) throw error;
      throw inMigration(asFailure(error, connection), migration.name, index);
    }
  }
  return { tally, isSchemaChange };
}

function runOne(connection: Connection, sql: string, mode: Mode, seen: Observed): number {
  const { db } = connection;
  const statement = prepareGuarded(connection, sql, 'write', seen);
  if (!mode.foreignKeysOff && seen.drops.size > 0) {
    const parents = parentTables(db);
    if ([...seen.drops].some((table) => parents.has(table.toLowerCase()))) throw needsForeignKeysOff;
  }
  statement.setReadBigInts(true);
  const bound = bindings(sql, undefined) as SQLInputValue[];
  return runGuarded(connection, sql, 'write', seen, () => {
    const before = Number(scalar(db, 'SELECT total_changes()'));
    // To its end: `run` would take only the first row of a SELECT.
    for (const _ of statement.iterate(...bound));
    const hasChanged = Number(scalar(db, 'SELECT total_changes()')) !== before;
    return hasChanged ? Number(scalar(db, 'SELECT changes()')) : 0;
  });
}

function inMigration(failure: Failure, migration: string, statement?: number): Failure {
  if (failure.details?.migration !== undefined) return failure;
  return new Failure(failure.code, failure.message, {
    ...(failure.state ? { state: failure.state } : {}),
    ...(failure.fix ? { fix: failure.fix } : {}),
    cause: failure,
    details: { ...failure.details, migration, ...(statement === undefined ? {} : { statement }) },
  });
}

/** Reads back what it wrote: a trigger on the ledger must not make it forget. */
function writeLedger({ db }: Connection, { table, create, key, row }: LedgerEntry): void {
  if (create !== undefined) db.exec(create);
  const name = `main.${quoteName(table)}`;
  const where = `WHERE ${quoteName(key.column)} = ?`;
  // A row of an earlier attempt that failed gives way.
  db.prepare(`DELETE FROM ${name} ${where}`).run(bindable(key.value));
  if (row !== undefined) {
    const columns = Object.keys(row);
    db.prepare(
      `INSERT INTO ${name} (${columns.map(quoteName).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    ).run(...columns.map((column) => bindable(row[column] ?? null)));
  }
  const found = db.prepare(`SELECT count(*) AS rows FROM ${name} ${where}`).get(bindable(key.value))?.rows;
  if (found !== (row === undefined ? 0 : 1))
    throw new Failure('migrate/ledger-shape', `the ledger \`${table}\` does not keep what is written to it`, {
      fix: `look for a trigger on \`${table}\``,
    });
}

/** node:sqlite binds every number as a double. */
function bindable(value: string | number | null): SQLInputValue {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function sizeOf({ db }: Connection): number {
  return Number(scalar(db, 'PRAGMA page_count')) * Number(scalar(db, 'PRAGMA page_size'));
}

/** The count after one migration is the count before the next, unless anybody has written since. */
const censuses = new WeakMap<Connection, { readonly mark: string; readonly census: Census }>();

function censusNow(connection: Connection, ledger: string): Census {
  const known = censuses.get(connection);
  return known?.mark === markOf(connection) ? known.census : takeCensus(connection.db, ledger);
}

function remember(connection: Connection, census: Census): void {
  censuses.set(connection, { mark: markOf(connection), census });
}

function markOf({ db }: Connection): string {
  return [
    readDataVersion(db),
    scalar(db, 'SELECT total_changes()'),
    scalar(db, 'PRAGMA schema_version'),
  ].join(' ');
}
