// Indexes that repeat another one exactly: same table, same columns in the same order, same everything but the name.

import { quoteName } from './quote-name.ts';

/** An index as `sqlite_schema` has it. */
export interface IndexText {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

export interface DuplicateIndex {
  readonly table: string;
  readonly index: string;
  readonly sameAs: string;
  readonly statement: string;
}

/** The first of equal ones, by name, stays. */
export function duplicateIndexes(indexes: readonly IndexText[]): DuplicateIndex[] {
  const first = new Map<string, string>();
  const duplicates: DuplicateIndex[] = [];
  for (const { name, table, sql } of indexes) {
    const key = `${table.toLowerCase()} ${definition(sql)}`;
    const sameAs = first.get(key);
    if (sameAs === undefined) first.set(key, name);
    else duplicates.push({ table, index: name, sameAs, statement: `DROP INDEX ${quoteName(name)};` });
  }
  return duplicates;
}

/** True when the index leaves rows out. */
export function isPartial(sql: string): boolean {
  return /\bWHERE\b/i.test(withoutQuoted(sql));
}

/** What follows the table's name, without differences in spacing and case, and whether it is unique. */
function definition(sql: string): string {
  const isUnique = /^\s*CREATE\s+UNIQUE\b/i.test(sql);
  const columns = sql
    .slice(withoutQuoted(sql).indexOf('('))
    .replaceAll(
      /("[^"]*"|'[^']*'|`[^`]*`|\[[^\]]*\])|\s*([(),])\s*|\s+|(\w+)/g,
      (_, quoted?: string, mark?: string, word?: string) => quoted ?? mark ?? word?.toLowerCase() ?? ' ',
    );
  return `${isUnique ? 'unique ' : ''}${columns.trim()}`;
}

/** Quoted names and texts blanked, same length, so that nothing in them is taken for syntax. */
function withoutQuoted(sql: string): string {
  return sql.replaceAll(/"[^"]*"|'[^']*'|`[^`]*`|\[[^\]]*\]/g, (quoted) => '_'.repeat(quoted.length));
}
