// The bounds of a prune, on what was counted and before anything is deleted.

import { formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { PruneCounts } from '../../target/index.ts';

export interface PruneBounds {
  readonly maxRows?: number;
  readonly maxShare: number;
}

type TableCounts = PruneCounts['tables'][number];

/** Fails with `action/too-many-rows` or `action/share-exceeded`. */
export function refuseTooMuch({ tables }: PruneCounts, { maxRows, maxShare }: PruneBounds): void {
  const total = totalOf(tables);
  if (maxRows !== undefined && total > maxRows) {
    const names = tables
      .filter(({ planned }, i) => i === 0 || planned > 0)
      .map(({ table }) => `\`${table}\``);
    throw new Failure(
      'action/too-many-rows',
      `${formatCount(total, 'row')} of ${names.join(', ')} are selected, \`maxRows\` allows ${maxRows.toLocaleString('en-US')}`,
      {
        state: 'nothing was deleted',
        fix: 'look at the cutoff; if it is right, raise `maxRows`',
        details: { table: tables[0]?.table ?? '', planned: total, maxRows },
      },
    );
  }
  for (const counts of tables) {
    if (!isShareTooLarge(counts, maxShare)) continue;
    const { table, planned, tableRows } = counts;
    throw new Failure(
      'action/share-exceeded',
      `${formatCount(planned, 'row')} of ${tableRows.toLocaleString('en-US')} in \`${table}\` (${percent(planned / tableRows)}) are selected, \`maxShare\` allows ${percent(maxShare)}`,
      {
        state: 'nothing was deleted',
        fix: 'look at the cutoff; if it is right, raise `maxShare`',
        details: { table, planned, tableRows, maxShare },
      },
    );
  }
}

export function isShareTooLarge(counts: TableCounts, maxShare: number): boolean {
  return shareOf(counts) > maxShare;
}

export function totalOf(tables: readonly TableCounts[]): number {
  return tables.reduce((sum, { planned }) => sum + planned, 0);
}

export function shareOf(counts: TableCounts | undefined): number {
  return counts === undefined || counts.tableRows === 0 ? 0 : counts.planned / counts.tableRows;
}

export function percent(share: number): string {
  return `${(share * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}
