// The row of a migration in the ledger, in the words of whoever has kept it until now. Written by the session in the
// transaction of the migration.

import { quoteName } from '../../sqlite/index.ts';
import type { LedgerEntry } from '../../target/index.ts';
import type { Ledger, LedgerRole } from './ledger.ts';
import { type Migration, stemOf, versionOf } from './migration.ts';

/** The row that `up` writes, or the key that `down` removes. */
export function entryFor(
  ledger: Ledger,
  migration: Migration,
  migrations: readonly Migration[],
  direction: 'up' | 'down',
  now: Date,
): LedgerEntry {
  const { table, columns, exists } = ledger;
  const stored = ledger.rows.find(({ key }) => names(key, migration));
  const column = columns.name.name;
  const value = stored?.key ?? keyOf(ledger, migration, migrations);
  if (direction === 'down') return { table, key: { column, value } };
  const row: Record<string, string | number> = { [column]: value };
  if (columns.appliedAt)
    row[columns.appliedAt.name] = columns.appliedAt.isInteger
      ? Math.floor(now.getTime() / 1000)
      : now.toISOString().slice(0, 19).replace('T', ' ');
  if (columns.status) row[columns.status.name] = columns.status.isInteger ? 1 : 'success';
  if (columns.checksum) row[columns.checksum.name] = migration.up.checksum;
  return { table, ...(exists ? {} : { create: createSql(ledger) }), key: { column, value }, row };
}

/** True when a key of the ledger means this migration: its name, the name without `.sql`, or its number. */
export function names(key: string | number, { name }: Migration): boolean {
  const text = String(key);
  const version = versionOf(name);
  return text === name || text === stemOf(name) || (version !== undefined && plain(text) === plain(version));
}

/** Some tools keep `00012` as 12. */
function plain(version: string): string {
  return /^\d+$/.test(version) ? BigInt(version).toString() : version;
}

/** New rows are named as the rows before them. */
function keyOf(ledger: Ledger, { name }: Migration, migrations: readonly Migration[]): string | number {
  const version = versionOf(name) ?? name;
  if (ledger.columns.name.isInteger) return Number.isSafeInteger(Number(version)) ? Number(version) : name;
  const known = ledger.rows[0];
  const its = known && migrations.find((migration) => names(known.key, migration));
  if (!known || !its || its.name === String(known.key)) return name;
  return String(known.key) === stemOf(its.name) ? stemOf(name) : version;
}

function createSql({ table, columns }: Ledger): string {
  const column = (role: Exclude<LedgerRole, 'name'>, type: string): string =>
    columns[role] ? `, ${quoteName(columns[role].name)} ${type}` : '';
  return (
    `CREATE TABLE IF NOT EXISTS main.${quoteName(table)} (id INTEGER PRIMARY KEY, ${quoteName(columns.name.name)} TEXT NOT NULL UNIQUE` +
    `${column('appliedAt', 'TEXT NOT NULL')}${column('status', "TEXT NOT NULL DEFAULT 'success'")}${column('checksum', 'TEXT')})`
  );
}
