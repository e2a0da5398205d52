// Which tables a prune reaches from its own: by declared foreign keys, by `children` of the runbook, and what stands in
// its way. Says for each how SQLite finds the children of some rows, by an index or by reading the whole table.

import type { DatabaseSync } from 'node:sqlite';
import { formatCount } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { PruneSelection } from '../../../target/prune.ts';
import type { TableSchema } from '../../../target/schema.ts';
import { quoteName } from '../../statements.ts';
import { checkTable } from '../names.ts';
import { describeTable, tableList } from '../operations/schema.ts';
import { affinityOf } from './affinity.ts';
import { rowKeys } from './row-keys.ts';

export interface PruneTable {
  readonly schema: TableSchema;
  /** SQL that names a row: the rowid, or the columns of the primary key. */
  readonly keys: readonly string[];
}

export interface Edge {
  /** Positions in the list of tables. */
  readonly parent: number;
  readonly child: number;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
  /** `delete`: rows go with their parents · `change`: SQLite sets their reference · `refuse`: they stand in the way. */
  readonly kind: 'delete' | 'change' | 'refuse';
  readonly onDelete: string;
  readonly isScan: boolean;
}

export interface Graph {
  /** The first is the prune's own; those that only `change` or `refuse` come last. */
  readonly tables: readonly PruneTable[];
  readonly edges: readonly Edge[];
}

/** Scanning so few rows costs less than saying that it happens. */
const smallTable = 1000;

/** Fails with `sqlite/unindexed-child`, `sqlite/no-such-table` or `sqlite/unknown-name`. */
export function pruneGraph(db: DatabaseSync, root: TableSchema, selection: PruneSelection): Graph {
  const all = tableList(db)
    .filter((row) => row.type === 'table')
    .flatMap((row) => describeTable(db, String(row.name)) ?? []);
  const explicit = (selection.children ?? []).map((child) => explicitEdge(db, all, root, child));
  const tables: PruneTable[] = [];
  const edges: Edge[] = [];
  const indexOf = (schema: TableSchema): number => {
    const at = tables.findIndex((each) => each.schema.name === schema.name);
    return at >= 0 ? at : tables.push({ schema, keys: rowKeys(schema) }) - 1;
  };
  indexOf(root);
  const walked = new Set<string>();
  const walk = (parent: TableSchema): void => {
    if (walked.has(parent.name)) return;
    walked.add(parent.name);
    const found = [
      ...explicit.filter((edge) => edge.parent.name === parent.name),
      ...declaredEdges(all, parent, selection.cascade ?? 'none'),
    ];
    const seen = new Set<string>();
    for (const edge of found) {
      const key = [edge.child.name, ...edge.columns].join('\n').toLowerCase();
      if (seen.has(key)) continue;
      seen.add(key);
      const isScan = !isLookup(db, edge);
      if (isScan && selection.allowScan !== true) assertSmall(db, edge);
      const [from, to] = [indexOf(parent), indexOf(edge.child)];
      edges.push({ ...edge, parent: from, child: to, isScan });
      if (edge.kind === 'delete') walk(edge.child);
    }
  };
  walk(root);
  return { tables, edges };
}

interface FoundEdge extends Pick<Edge, 'columns' | 'parentColumns' | 'kind' | 'onDelete'> {
  readonly parent: TableSchema;
  readonly child: TableSchema;
}

function declaredEdges(
  all: readonly TableSchema[],
  parent: TableSchema,
  cascade: 'declared' | 'none',
): FoundEdge[] {
  return all.flatMap((child) =>
    child.foreignKeys
      .filter((key) => key.parent.toLowerCase() === parent.name.toLowerCase())
      .map(({ columns, parentColumns, onDelete }) => ({
        parent,
        child,
        columns,
        parentColumns,
        onDelete,
        kind: cascade === 'none' ? 'refuse' : onDelete.startsWith('SET ') ? 'change' : 'delete',
      })),
  );
}

function explicitEdge(
  db: DatabaseSync,
  all: readonly TableSchema[],
  root: TableSchema,
  given: NonNullable<PruneSelection['children']>[number],
): FoundEdge {
  const child = tableOf(db, all, given.table);
  const parent = given.parent === undefined ? root : tableOf(db, all, given.parent);
  const primaryKey = parent.columns.filter((column) => column.primaryKey > 0);
  const parentKey =
    given.parentKey === undefined && primaryKey.length === 1
      ? primaryKey[0]?.name
      : columnOf(parent, given.parentKey ?? '');
  if (parentKey === undefined) throw new Error(`${parent.name} has no key`);
  return {
    parent,
    child,
    columns: [columnOf(child, given.key)],
    parentColumns: [parentKey],
    kind: 'delete',
    onDelete: 'NO ACTION',
  };
}

function tableOf(db: DatabaseSync, all: readonly TableSchema[], name: string): TableSchema {
  const known = checkTable(db, name);
  const table = all.find((each) => each.name === known);
  if (table) return table;
  throw new Failure('sqlite/no-such-table', `\`${name}\` is not an ordinary table`, {
    state: 'nothing was deleted',
  });
}

function columnOf(table: TableSchema, name: string): string {
  const column = table.columns.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (column) return column.name;
  throw new Failure(
    'sqlite/unknown-name',
    name === ''
      ? `the primary key of \`${table.name}\` is not one column; \`parentKey\` must say which column the children refer to`
      : `table \`${table.name}\` has no column \`${name}\``,
    { state: 'nothing was deleted', fix: 'correct `children` of the step' },
  );
}

/** An index finds the children of a row, and compares as the foreign key does. */
function isLookup(db: DatabaseSync, { parent, child, columns, parentColumns }: FoundEdge): boolean {
  if (!isIndexed(db, child, columns)) return false;
  if (!isBinary(db, parent, parentColumns)) return false;
  return columns.every((column, i) => {
    const own = affinityOf(child, column);
    const other = affinityOf(parent, parentColumns[i] ?? '');
    if (own === other) return true;
    if (own !== 'none') return false;
    // A column without a type keeps what it was given; only values of the other kind would be compared differently.
    const kinds = other === 'number' ? "('text')" : "('integer', 'real')";
    const name = quoteName(column);
    return (
      db
        .prepare(`SELECT 1 FROM main.${quoteName(child.name)} WHERE typeof(${name}) IN ${kinds} LIMIT 1`)
        .get() === undefined
    );
  });
}

function isIndexed(db: DatabaseSync, child: TableSchema, columns: readonly string[]): boolean {
  const wanted = new Set(columns.map((column) => column.toLowerCase()));
  const primaryKey = child.columns
    .filter((column) => column.primaryKey > 0)
    .sort((a, b) => a.primaryKey - b.primaryKey);
  const partial = new Set(
    db
      .prepare('SELECT name FROM pragma_index_list(?) WHERE partial = 1')
      .all(child.name)
      .map(({ name }) => name),
  );
  return [
    // A rowid, or the key of a table WITHOUT ROWID; any other has an index of its own.
    primaryKey.map(({ name }) => name),
    ...child.indexes.filter(({ name }) => !partial.has(name)).map((index) => index.columns),
  ].some((list) => {
    const leading = list.slice(0, wanted.size).map((column) => column.toLowerCase());
    return leading.length === wanted.size && leading.every((column) => wanted.has(column));
  });
}

/**
 * Whether the parent's column compares byte for byte. An index on the child then finds all that is equal, and more when
 * the child's own order is a wider one; the join leaves the rest out.
 */
function isBinary(db: DatabaseSync, parent: TableSchema, columns: readonly string[]): boolean {
  const wanted = new Set(columns.map((column) => column.toLowerCase()));
  for (const { name } of db
    .prepare('SELECT name FROM pragma_index_list(?) WHERE "unique" = 1')
    .all(parent.name)) {
    const keys = db.prepare('SELECT name, coll FROM pragma_index_xinfo(?) WHERE key = 1').all(String(name));
    if (keys.length === wanted.size && keys.every((key) => wanted.has(String(key.name).toLowerCase())))
      return keys.every(({ coll }) => coll === 'BINARY');
  }
  // A rowid, or a column that no key names.
  return affinityOf(parent, columns[0] ?? '') === 'number' || !/\bcollate\b/i.test(sqlOf(db, parent.name));
}

function sqlOf(db: DatabaseSync, table: string): string {
  const row = db.prepare("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?").get(table);
  return String(row?.sql ?? '');
}

function assertSmall(db: DatabaseSync, { child, parent, columns, parentColumns }: FoundEdge): void {
  const { rows } = db.prepare(`SELECT count(*) AS rows FROM main.${quoteName(child.name)}`).get() ?? {};
  if (Number(rows) <= smallTable) return;
  const by = columns.map((column) => `\`${column}\``).join(', ');
  const isIndexMissing = !isIndexed(db, child, columns);
  throw new Failure(
    'sqlite/unindexed-child',
    `table \`${child.name}\` (${formatCount(Number(rows), 'row')}) refers to \`${parent.name}\` by ${by} ${isIndexMissing ? 'without an index' : 'in another type or order than that of the parent, where no index helps'}: every deleted row would scan it`,
    {
      state: 'nothing was deleted',
      fix: isIndexMissing
        ? `CREATE INDEX ${quoteName(`${child.name}_${columns.join('_')}`)} ON ${quoteName(child.name)} (${columns.map(quoteName).join(', ')})`
        : `give \`${child.name}\` the type of \`${parent.name}.${parentColumns.join(', ')}\`, or say \`allowScan: true\``,
    },
  );
}
