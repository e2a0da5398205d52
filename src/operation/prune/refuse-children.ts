// Rows of other tables that point to rows which would be deleted: a cascade would delete them uncounted, and without
// one they would point nowhere.

import { formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { ReadSession, SessionOptions, SqlParams, TableSchema } from '../../target/index.ts';

/** Fails with `action/has-children`, naming the first child table that has such rows. */
export async function refuseChildren(
  session: ReadSession,
  table: TableSchema,
  where: string,
  params: SqlParams,
  options: SessionOptions,
): Promise<void> {
  const { tables } = await session.schema(options);
  for (const child of tables) {
    for (const key of child.foreignKeys) {
      if (key.parent.toLowerCase() !== table.name.toLowerCase()) continue;
      const names: Record<string, string> = { child: child.name, parent: table.name };
      const list = (columns: readonly string[], prefix: string): string =>
        columns
          .map((column, i) => {
            // A key that names no column refers to the rowid, which has no name in the schema.
            if (column === 'rowid') return 'rowid';
            names[`${prefix}${i}`] = column;
            return `"$${prefix}${i}"`;
          })
          .join(', ');
      const sql = `SELECT count(*) AS rows FROM "$child" WHERE (${list(key.columns, 'c')}) IN
        (SELECT ${list(key.parentColumns, 'p')} FROM "$parent" WHERE (${where}\n))`;
      const { rows } = await session.query({ sql, params, names }, { maxRows: 1, maxBytes: 1024 }, options);
      const count = Number(rows[0]?.rows ?? 0);
      if (count > 0) throw childrenFailure(table.name, child.name, key.columns, count);
    }
  }
}

function childrenFailure(table: string, child: string, columns: readonly string[], count: number): Failure {
  return new Failure(
    'action/has-children',
    `${formatCount(count, 'row')} of \`${child}\` point through \`${columns.join(', ')}\` to rows of \`${table}\` that would be deleted`,
    {
      state: 'nothing was deleted',
      fix: `prune \`${child}\` first, in a step before this one`,
      details: { table, child, rows: count },
    },
  );
}
