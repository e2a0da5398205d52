// What a prune would do now, counted on a reading session. Writes nothing to the database.

import { formatCount } from '../../base/index.ts';
import type { PruneCounts, ReadSession } from '../../target/index.ts';
import { predicateFor } from './predicate.ts';
import type { PruneRequest } from './prune.ts';
import { isShareTooLarge, percent, shareOf, totalOf } from './refuse-too-much.ts';
import { requireTable } from './require-table.ts';

export interface PrunePreview {
  /** The table of the prune first. */
  readonly tables: PruneCounts['tables'];
  /** The predicate with its columns filled in. */
  readonly where: string;
  /** One sentence for each table; says when the bounds would refuse it. */
  readonly lines: readonly string[];
}

/** Fails as the prune would with `action/type-mix`, `action/has-children` and `sqlite/…`. */
export async function previewPrune(session: ReadSession, request: PruneRequest): Promise<PrunePreview> {
  const table = await requireTable(session, request.table);
  const { where, params } = await predicateFor(session, table, request.rows, {});
  const { cascade, children, allowScan, maxRows, maxShare } = request;
  const { tables } = await session.pruneCount({
    table: table.name,
    where,
    params,
    ...(cascade === undefined ? {} : { cascade }),
    ...(children === undefined ? {} : { children }),
    ...(allowScan === undefined ? {} : { allowScan }),
  });
  const isTooMany = maxRows !== undefined && totalOf(tables) > maxRows;
  const lines = tables.map((counts, i) => {
    const { planned, tableRows, changed } = counts;
    const bound =
      i === 0 && isTooMany
        ? `; refused: \`maxRows\` allows ${maxRows.toLocaleString('en-US')}`
        : isShareTooLarge(counts, maxShare)
          ? `; refused: \`maxShare\` allows ${percent(maxShare)}`
          : '';
    const stays = changed > 0 ? `; ${formatCount(changed, 'row')} would stay and lose their reference` : '';
    return `\`${counts.table}\`: ${formatCount(planned, 'row')} of ${tableRows.toLocaleString('en-US')} (${percent(shareOf(counts))})${stays}${bound}`;
  });
  return { tables, where, lines };
}
