// Row counts, exact.

import type { TableCount } from '../../../target/session.ts';
import { quoteName } from '../../statements.ts';
import { checkTable } from '../names.ts';
import type { Work } from '../work.ts';
import { tableList } from './schema.ts';

export function counts(work: Work, args: { readonly tables?: readonly string[] | undefined }): TableCount[] {
  const { db } = work.connection;
  const tables = args.tables
    ? args.tables.map((name) => checkTable(db, name))
    : tableList(db)
        .filter((table) => table.type === 'table')
        .map((table) => String(table.name));
  return tables.map((table, i) => {
    work.progress({ done: i, total: tables.length, unit: 'tables', message: table });
    return {
      table,
      rows: Number(db.prepare(`SELECT count(*) AS rows FROM ${quoteName(table)}`).get()?.rows),
    };
  });
}
