// The table that says which migrations were applied: ours, or one that another tool keeps, under the names that the
// runbook gives. Read here; never written here.

import { Failure } from '../../diagnostic/index.ts';
import { quoteName } from '../../sqlite/index.ts';
import type { ReadSession, SessionOptions } from '../../target/index.ts';

export interface LedgerNames {
  readonly table?: string;
  readonly name?: string;
  readonly appliedAt?: string;
  readonly status?: string;
  readonly checksum?: string;
}

export interface Ledger {
  readonly table: string;
  readonly exists: boolean;
  readonly columns: { readonly name: Column } & Partial<
    Readonly<Record<'appliedAt' | 'status' | 'checksum', Column>>
  >;
  readonly rows: readonly LedgerRow[];
}

interface Column {
  readonly name: string;
  readonly isInteger: boolean;
}

export interface LedgerRow {
  /** As it is stored. */
  readonly key: string | number;
  readonly isApplied: boolean;
  readonly checksum?: string;
}

const defaults = {
  table: 'migrations_applied',
  name: 'filename',
  appliedAt: 'applied_at',
  status: 'status',
  checksum: 'checksum',
} as const;
export type LedgerRole = Exclude<keyof typeof defaults, 'table'>;
const roles = ['name', 'appliedAt', 'status', 'checksum'] as const satisfies readonly LedgerRole[];

/** Fails with `migrate/ledger-shape`. A ledger that is not there has no rows. */
export async function readLedger(
  session: ReadSession,
  names: LedgerNames,
  options: SessionOptions,
): Promise<Ledger> {
  const wanted = names.table ?? defaults.table;
  const { tables } = await session.schema(options);
  const found = tables.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (!found) {
    const column = (role: LedgerRole): Column => ({ name: names[role] ?? defaults[role], isInteger: false });
    const columns = {
      name: column('name'),
      appliedAt: column('appliedAt'),
      status: column('status'),
      checksum: column('checksum'),
    };
    return { table: wanted, exists: false, columns, rows: [] };
  }
  if (found.kind !== 'table') throw wrongShape(`\`${found.name}\` is a ${found.kind}, not a table`);
  const columns = await columnsOf(session, found.name, names, options);
  return {
    table: found.name,
    exists: true,
    columns,
    rows: await rowsOf(session, found.name, columns, options),
  };
}

async function columnsOf(
  session: ReadSession,
  table: string,
  names: LedgerNames,
  options: SessionOptions,
): Promise<Ledger['columns']> {
  const { rows } = await session.query(
    {
      sql: `SELECT name, upper(type) AS type, "notnull" AND dflt_value IS NULL AND NOT (pk = 1 AND upper(type) = 'INTEGER') AS needed
            FROM pragma_table_xinfo(:t) WHERE hidden = 0`,
      params: { t: table },
    },
    { maxRows: 2000, maxBytes: 2 ** 20 },
    options,
  );
  const found: Partial<Record<LedgerRole, Column>> = {};
  for (const role of roles) {
    const wanted = names[role] ?? defaults[role];
    const row = rows.find(({ name }) => String(name).toLowerCase() === wanted.toLowerCase());
    if (row) found[role] = { name: String(row.name), isInteger: /INT|BOOL/.test(String(row.type)) };
    else if (role === 'name' || names[role] !== undefined)
      throw wrongShape(
        `the ledger \`${table}\` has no column \`${wanted}\`; it has ${rows.map(({ name }) => `\`${String(name)}\``).join(', ')}`,
      );
  }
  const filled = new Set(Object.values(found).map(({ name }) => name));
  const other = rows.find(({ name, needed }) => needed === 1 && !filled.has(String(name)));
  if (other)
    throw wrongShape(
      `column \`${String(other.name)}\` of the ledger \`${table}\` is NOT NULL and has no default`,
    );
  const { name, ...rest } = found;
  if (!name) throw wrongShape(`the ledger \`${table}\` has no column for the name`);
  return { name, ...rest };
}

async function rowsOf(
  session: ReadSession,
  table: string,
  columns: Ledger['columns'],
  options: SessionOptions,
): Promise<LedgerRow[]> {
  const list = roles.flatMap((role) => {
    const column = columns[role];
    return column && role !== 'appliedAt' ? [`${quoteName(column.name)} AS "${role}"`] : [];
  });
  const { rows } = await session.query(
    { sql: `SELECT ${list.join(', ')} FROM main.${quoteName(table)}` },
    { maxRows: 100_000, maxBytes: 16 * 2 ** 20 },
    options,
  );
  return rows.flatMap((row) => {
    const key = row.name;
    if (typeof key !== 'string' && typeof key !== 'number')
      throw wrongShape(`the ledger \`${table}\` has a row without a name`);
    // Goose begins its ledger with a version that is no migration.
    if (String(key) === '0') return [];
    const { checksum } = row;
    const isOurs = typeof checksum === 'string' && /^[0-9a-f]{64}$/.test(checksum);
    return [
      {
        key,
        isApplied: isApplied(table, key, row.status),
        ...(isOurs ? { checksum: String(checksum) } : {}),
      },
    ];
  });
}

const appliedWords = new Set([
  'success',
  'succeeded',
  'applied',
  'complete',
  'completed',
  'done',
  'ok',
  'true',
  '1',
]);
const otherWords = new Set([
  'failed',
  'failure',
  'error',
  'rolled_back',
  'rolled-back',
  'rolledback',
  'reverted',
  'pending',
  'false',
  '0',
]);

/** A row without a status says by being there that its migration was applied. */
function isApplied(table: string, key: string | number, status: unknown): boolean {
  if (status === undefined || status === null) return true;
  const word = String(status).toLowerCase();
  if (appliedWords.has(word)) return true;
  if (otherWords.has(word)) return false;
  throw wrongShape(
    `the ledger \`${table}\` gives \`${key}\` the status \`${String(status)}\`, which is not known here`,
  );
}

function wrongShape(message: string): Failure {
  return new Failure('migrate/ledger-shape', message, {
    state: 'nothing was started',
    fix: 'name the table and its columns under `ledger`: `{table, name, appliedAt, status, checksum}`',
  });
}
