// Loads an archive in one announced transaction: all of its rows are in the database afterwards, or nothing was changed.
// Reads the archive twice, first its sha256, then its rows, chunk by chunk.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount, formatSize } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { ImportedRows } from '../../../target/prune.ts';
import { quoteName } from '../../statements.ts';
import { createRowAccess, isSameRow } from '../archive/find-row.ts';
import type { ArchivedTable, ExactValue } from '../archive/layout.ts';
import { type Archive, readArchive, readRows, verifyArchive } from '../archive/read-archive.ts';
import type { Connection } from '../connection.ts';
import { isSqliteError } from '../errors.ts';
import { newObserved, type Observed } from '../guard.ts';
import { checkTable } from '../names.ts';
import { prepareGuarded } from '../prepare.ts';
import { inTransaction } from '../transaction.ts';
import { maxChangesetBytes, planChangeset } from '../undo-scope.ts';
import type { Work } from '../work.ts';
import { describeTable } from './schema.ts';

interface Conflict {
  readonly table: string;
  readonly key: string;
  readonly why: string;
}

const shownConflicts = 20;

export async function importRows(work: Work, args: { readonly from: string }): Promise<ImportedRows> {
  const { connection } = work;
  const { db } = connection;
  const archive = readArchive(args.from);
  verifyArchive(archive);
  const tables = archive.header.tables.filter((table) =>
    archive.chunks.some((chunk) => table.file in chunk.files),
  );
  for (const table of tables) assertFits(connection, table);
  const observed = observeInserts(connection, tables);
  const bytes = tables.reduce((sum, table) => sum + statSync(join(archive.folder, table.file)).size, 0);
  const { result } = await inTransaction(
    work,
    'change',
    () => {
      const plan = planChangeset(db, observed, []);
      if (plan.reason !== undefined || bytes <= maxChangesetBytes) return plan;
      const reason = `the archive holds ${formatSize(bytes)}, more than the ${formatSize(maxChangesetBytes)} that are kept`;
      return { ...plan, reason };
    },
    () => {
      // Rows may refer to rows of a later chunk; SQLite then looks at COMMIT.
      db.exec('PRAGMA defer_foreign_keys = ON');
      const before = violations(connection, tables);
      const loaded = load(work, archive, tables);
      const after = violations(connection, tables);
      if (after > before) throw lostParents(after - before);
      const rows = loaded.reduce((sum, table) => sum + table.loaded, 0);
      return { result: loaded, rows, hasOtherChange: false, isUnchanged: rows === 0 };
    },
  );
  return { tables: result, isFinished: archive.manifest !== undefined };
}

function load(work: Work, archive: Archive, tables: readonly ArchivedTable[]): ImportedRows['tables'] {
  const { db } = work.connection;
  const conflicts: Conflict[] = [];
  let found = 0;
  const counts = tables.map((table) => {
    const access = createRowAccess(db, table);
    let [loaded, present] = [0, 0];
    const conflict = (row: readonly ExactValue[], why: string): void => {
      found++;
      if (conflicts.length < shownConflicts)
        conflicts.push({ table: table.table, key: shownKey(access.key(row)), why });
    };
    for (const chunk of archive.chunks) {
      for (const row of readRows(archive, table, chunk)) {
        const now = access.find(row);
        if (now !== undefined && isSameRow(row, now)) {
          present++;
        } else if (now !== undefined) {
          conflict(row, 'is there with other values');
        } else {
          try {
            access.insert(row);
            loaded++;
          } catch (error) {
            if (!isSqliteError(error) || ((error.errcode ?? 0) & 0xff) !== 19) throw error;
            conflict(row, error.message);
          }
        }
      }
      work.progress({ message: table.table, done: loaded + present, unit: 'rows' });
    }
    return { table: table.table, loaded, present };
  });
  if (found > 0) throw conflictFailure(conflicts, found);
  return counts;
}

function assertFits({ db }: Connection, table: ArchivedTable): void {
  const schema = describeTable(db, checkTable(db, table.table));
  const columns = schema?.columns.filter((column) => !column.isGenerated).map(({ name }) => name) ?? [];
  const missing = table.columns.filter(({ name }) => !columns.includes(name)).map(({ name }) => name);
  const added = columns.filter((name) => !table.columns.some((column) => column.name === name));
  if (schema?.kind === 'table' && missing.length === 0 && added.length === 0) return;
  const list = [...missing.map((name) => `no \`${name}\``), ...added.map((name) => `also \`${name}\``)].join(
    ', ',
  );
  throw new Failure(
    'action/archive-conflict',
    `table \`${table.table}\` is not the one that was archived: it has ${list || 'another kind'}`,
    { state: 'nothing was loaded', fix: 'load the archive into a database with the schema of that time' },
  );
}

function observeInserts(connection: Connection, tables: readonly ArchivedTable[]): Observed {
  const observed = newObserved();
  for (const table of tables) {
    const names = table.columns.map(({ name }) => quoteName(name));
    const sql = `INSERT INTO main.${quoteName(table.table)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    prepareGuarded(connection, sql, 'write', observed);
  }
  return observed;
}

function violations({ db }: Connection, tables: readonly ArchivedTable[]): number {
  return tables.reduce(
    (sum, table) =>
      sum +
      Number(db.prepare('SELECT count(*) AS rows FROM pragma_foreign_key_check(?)').get(table.table)?.rows),
    0,
  );
}

function lostParents(rows: number): Failure {
  return new Failure(
    'action/archive-conflict',
    `${formatCount(rows, 'row')} of the archive would refer to rows that are not in the database`,
    { state: 'nothing was loaded', fix: 'load the archive that holds their parents first' },
  );
}

function conflictFailure(conflicts: readonly Conflict[], found: number): Failure {
  const listed = conflicts.map(({ table, key, why }) => `\`${table}\` ${key}: ${why}`).join('; ');
  const more = found > conflicts.length ? `; and ${found - conflicts.length} more` : '';
  return new Failure(
    'action/archive-conflict',
    `${formatCount(found, 'row')} of the archive cannot be loaded beside what is in the database: ${listed}${more}`,
    {
      state: 'nothing was loaded',
      fix: 'decide which rows are right; remove or rename the others, then load again',
      details: { conflicts, found },
    },
  );
}

function shownKey(key: Readonly<Record<string, ExactValue>>): string {
  return Object.entries(key)
    .map(([name, value]) => {
      if (value !== null && typeof value === 'object') return `${name} = (bytes)`;
      return `${name} = ${value === null ? 'NULL' : String(value).slice(0, 80)}`;
    })
    .join(', ');
}
