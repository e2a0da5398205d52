// What a migration did, from the census before and after it and from what its own statements counted; and what it must
// not have done.

import { formatCount } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { MigrationEffects, RowChanges, SchemaChanges } from '../../../target/migration.ts';
import type { Census } from './migrate-census.ts';

/** What the statements of the script name and count, tables in lower case. */
export interface Tally {
  readonly written: ReadonlySet<string>;
  readonly rebuilt: ReadonlySet<string>;
  readonly inserted: ReadonlyMap<string, number>;
  readonly updated: ReadonlyMap<string, number>;
  readonly deleted: ReadonlyMap<string, number>;
}

/** Fails with `migrate/rows-lost` when a table that the script does not write to has fewer rows or links than before. */
export function assertNothingLost(before: Census, after: Census, tally: Tally): void {
  for (const [key, { name, rows, links }] of before.tables) {
    if (tally.written.has(key)) continue;
    const now = after.tables.get(key) ?? { rows: 0, links: 0 };
    if (now.rows >= rows && now.links >= links) continue;
    const what =
      now.rows < rows
        ? `${formatCount(rows - now.rows, 'row')} of \`${name}\` would be lost (${rows.toLocaleString('en-US')} before, ${now.rows.toLocaleString('en-US')} after)`
        : `${formatCount(links - now.links, 'reference')} in \`${name}\` would be emptied`;
    throw new Failure('migrate/rows-lost', `${what}, and the file does not write to that table`, {
      fix: `look at the foreign keys and triggers that reach \`${name}\`; if it is meant, change its rows in the file itself`,
      details: { table: name, before: rows, after: now.rows },
    });
  }
}

/** Fails with `migrate/foreign-keys-broken`. */
export function assertNoNewOrphans(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): void {
  const found = [...after].flatMap(([key, rows]) => {
    const more = rows - (before.get(key) ?? 0);
    return more > 0 ? [`${formatCount(more, 'row')} of ${key}`] : [];
  });
  if (found.length === 0) return;
  throw new Failure('migrate/foreign-keys-broken', found.slice(0, 5).join('; '), {
    fix: 'rebuild a table in this order: create the new one, copy, drop the old, rename the new; drop children before their parents',
    details: { found },
  });
}

export function schemaChanges(before: Census, after: Census): SchemaChanges {
  const labels = (from: Census, isWanted: (key: string, sql: string | null) => boolean): string[] =>
    [...from.objects].flatMap(([key, { label, sql }]) => (isWanted(key, sql) ? [label] : [])).sort();
  return {
    added: labels(after, (key) => !before.objects.has(key)),
    removed: labels(before, (key) => !after.objects.has(key)),
    changed: labels(after, (key, sql) => {
      const old = before.objects.get(key);
      return old !== undefined && old.sql !== sql;
    }),
  };
}

/** Indexes and triggers that DROP TABLE took along, of tables that are there again. */
export function lostObjects(before: Census, after: Census, tally: Tally): MigrationEffects['lost'] {
  return [...before.objects]
    .filter(([key, { kind, table, sql }]) => {
      const name = table.toLowerCase();
      const isAttached = (kind === 'index' || kind === 'trigger') && sql !== null;
      return isAttached && tally.rebuilt.has(name) && after.tables.has(name) && !after.objects.has(key);
    })
    .map(([, { label }]) => label)
    .sort();
}

export function rowChanges(before: Census, after: Census, tally: Tally): RowChanges[] {
  const keys = [...new Set([...before.tables.keys(), ...after.tables.keys()])].sort();
  return keys.flatMap((key) => {
    const [old, now] = [before.tables.get(key), after.tables.get(key)];
    const net = (now?.rows ?? 0) - (old?.rows ?? 0);
    const isRebuilt = old === undefined || now === undefined || tally.rebuilt.has(key);
    const [added, removed] = [tally.inserted.get(key) ?? 0, tally.deleted.get(key) ?? 0];
    const changed = isRebuilt ? 0 : (tally.updated.get(key) ?? 0);
    // Triggers, UPSERT and REPLACE change rows that no statement counts as its own.
    const isCounted = !isRebuilt && added - removed === net;
    const change = {
      table: now?.name ?? old?.name ?? key,
      added: isCounted ? added : Math.max(0, net),
      changed,
      removed: isCounted ? removed : Math.max(0, -net),
      isRebuilt,
    };
    return change.added + change.changed + change.removed === 0 ? [] : [change];
  });
}
