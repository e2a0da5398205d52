// What a prune would do now, counted on a reading session. Writes nothing, not even the set of keys.

import { formatCount } from '../../base/index.ts';
import type { ReadSession } from '../../target/index.ts';
import { predicateFor } from './predicate.ts';
import { type PruneRequest, percent } from './prune.ts';
import { requireTable } from './require-table.ts';

export interface PrunePreview {
  readonly table: string;
  readonly planned: number;
  readonly tableRows: number;
  readonly share: number;
  /** The predicate with its columns filled in. */
  readonly where: string;
  /** One sentence; says when the bounds would refuse it. */
  readonly line: string;
}

/** Fails as the prune would with `action/type-mix` and `sqlite/…`. */
export async function previewPrune(session: ReadSession, request: PruneRequest): Promise<PrunePreview> {
  const table = await requireTable(session, request.table);
  const { where, params } = await predicateFor(session, table, request.rows, {});
  const { rows } = await session.query(
    {
      sql: `SELECT count(*) AS rows, total((${where}\n) IS TRUE) AS planned FROM "$table"`,
      params,
      names: { table: table.name },
    },
    { maxRows: 1, maxBytes: 1024 },
  );
  const [planned, tableRows] = [Number(rows[0]?.planned ?? 0), Number(rows[0]?.rows ?? 0)];
  const share = tableRows === 0 ? 0 : planned / tableRows;
  const bound =
    request.maxRows !== undefined && planned > request.maxRows
      ? `; refused: \`maxRows\` allows ${request.maxRows.toLocaleString('en-US')}`
      : share > request.maxShare
        ? `; refused: \`maxShare\` allows ${percent(request.maxShare)}`
        : '';
  const line = `\`${table.name}\`: ${formatCount(planned, 'row')} of ${tableRows.toLocaleString('en-US')} (${percent(share)})${bound}`;
  return { table: table.name, planned, tableRows, share, where, line };
}
