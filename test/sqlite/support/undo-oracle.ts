// What undo must do, worked out from whole copies of the tables before and after each of our transactions: it reads no
// changeset and shares no code with what it judges.

import { DatabaseSync } from 'node:sqlite';
import { quote, type RandomSchema } from './undo-random.ts';

interface Row {
  /** Exact values by column. */
  readonly values: Readonly<Record<string, string>>;
  readonly shownKey: string;
}
/** `table\nkey` to row. */
export type Picture = ReadonlyMap<string, Row>;

export function picture(db: DatabaseSync, { tables }: Pick<RandomSchema, 'tables'>): Picture {
  const rows = new Map<string, Row>();
  for (const { name, keys, columns } of tables) {
    const all = [...keys, ...columns];
    const exact = all.map(
      (c) => `typeof(${c}) || CASE WHEN typeof(${c}) IN ('text', 'blob') THEN hex(${c}) ELSE quote(${c}) END`,
    );
    const statement = db.prepare(`SELECT ${[...exact, ...keys].join(', ')} FROM ${quote(name)}`, {
      readBigInts: true,
      returnArrays: true,
    });
    for (const row of statement.all() as unknown as unknown[][]) {
      const values = Object.fromEntries(all.map((column, i) => [column, String(row[i])]));
      const shown = keys.map((key, i) => [key, row[all.length + i]] as const).sort();
      rows.set([name, ...keys.map((key) => values[key])].join('\n'), { values, shownKey: showKey(shown) });
    }
  }
  return rows;
}

export function showKey(entries: readonly (readonly [string, unknown])[]): string {
  const show = (value: unknown): unknown => {
    if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    return typeof value === 'number' ? String(value) : value;
  };
  return JSON.stringify(
    [...entries].sort().map(([name, value]) => [
      name,
      typeof value === 'number'
        ? String(value)
        : // An integer beyond 2^53 is shown as its digits; a text that is a smaller number stays a text.
          String(JSON.stringify(show(value))).replace(/^"(-?\d{16,})"$/, '$1'),
    ]),
  );
}

export interface Expected {
  readonly rows: Map<string, Row>;
  /** `table why key`, sorted. */
  readonly conflicts: string[];
  /** Of those, rows that even `discard` cannot bring back. */
  readonly lost: string[];
}

type Mode = 'abort' | 'keep' | 'discard';

/** `ours` oldest first. */
export function expectedUndo(
  now: Picture,
  ours: readonly { readonly before: Picture; readonly after: Picture }[],
  mode: Mode,
): Expected {
  const rows = new Map(now);
  const conflicts = new Map<string, string>();
  const lost = new Set<string>();
  const settled = new Set<string>();
  const origins = new Map<string, Record<string, string> | undefined>();
  for (const { before, after } of ours.toReversed()) {
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      const [old, mine] = [before.get(id), after.get(id)];
      const changed = columnsChanged(old, mine);
      if (changed.length === 0 && (old === undefined) === (mine === undefined)) continue;
      const partial = old && mine ? pick(old.values, changed) : old?.values;
      const later = origins.get(id);
      origins.set(id, partial && later && old && mine ? { ...later, ...partial } : partial);
      if (settled.has(id)) continue;
      const row = rows.get(id);
      const isUpdate = old !== undefined && mine !== undefined;
      const has = (state: Row | undefined): boolean =>
        state === undefined || row === undefined
          ? state === row
          : (isUpdate ? changed : Object.keys(state.values)).every((c) => state.values[c] === row.values[c]);
      if (!isUpdate) lost.delete(id);
      const put = (): void => {
        if (!isUpdate) old ? rows.set(id, old) : rows.delete(id);
        else if (row) rows.set(id, { ...row, values: { ...row.values, ...pick(old.values, changed) } });
      };
      if (has(mine)) put();
      else if (!has(old)) {
        const why = mine ? (row ? 'changed' : 'missing') : 'already-there';
        const key = (mine ?? old)?.shownKey;
        if (!conflicts.has(id)) conflicts.set(id, `${id.split('\n')[0]} ${why} ${key}`);
        if (why === 'missing' && isUpdate) lost.add(id);
        if (mode === 'discard') put();
        else settled.add(id);
      }
    }
  }
  for (const id of conflicts.keys()) {
    const [origin, row] = [origins.get(id), now.get(id)];
    const isBack =
      origin === undefined || row === undefined
        ? origin === undefined && row === undefined
        : Object.entries(origin).every(([column, value]) => row.values[column] === value);
    if (!isBack) continue;
    conflicts.delete(id);
    lost.delete(id);
    row ? rows.set(id, row) : rows.delete(id);
  }
  return {
    rows,
    conflicts: [...conflicts.values()].sort(),
    lost: [...lost].map((id) => conflicts.get(id) ?? '').sort(),
  };
}

function columnsChanged(old: Row | undefined, mine: Row | undefined): string[] {
  const columns = Object.keys(old?.values ?? mine?.values ?? {});
  return old && mine ? columns.filter((column) => old.values[column] !== mine.values[column]) : columns;
}

function pick(values: Readonly<Record<string, string>>, columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, values[column] ?? '']));
}

/** Whether tables with these rows can be at all, and which rows in them miss their parent. */
export function judgeContent(schema: RandomSchema, rows: Picture): { refusal?: string; orphans: string[] } {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
  try {
    for (const sql of schema.sql) db.exec(sql);
    for (const [id, { values }] of rows) {
      const columns = Object.keys(values);
      const literals = columns.map((column) => literal(values[column] ?? ''));
      db.exec(
        `INSERT OR ABORT INTO ${quote(id.split('\n')[0] ?? '')} (${columns.join(', ')}) VALUES (${literals.join(', ')})`,
      );
    }
    return { orphans: orphans(db) };
  } catch (error) {
    return { refusal: String(error), orphans: [] };
  } finally {
    db.close();
  }
}

/** Of a table without rowid only how many: SQLite does not name them. */
export function orphans(db: DatabaseSync): string[] {
  const found: string[] = [];
  let unnamed = 0;
  for (const row of db.prepare('PRAGMA foreign_key_check', { readBigInts: true }).all()) {
    const table = String(row.table);
    const columns = db.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0').all(table);
    const key =
      row.rowid === null
        ? `#${unnamed++}`
        : Object.values(
            db
              .prepare(
                `SELECT ${columns.map(({ name }) => `quote(${name})`).join(', ')} FROM ${quote(table)} WHERE rowid = ?`,
              )
              .get(row.rowid as bigint) ?? {},
          ).join();
    found.push(`${table} ${row.fkid} ${key}`);
  }
  return found;
}

function literal(value: string): string {
  const [, type = '', rest = ''] = /^(null|integer|real|text|blob)(.*)$/s.exec(value) ?? [];
  if (type === 'text') return `CAST(x'${rest}' AS TEXT)`;
  return type === 'blob' ? `x'${rest}'` : rest;
}
