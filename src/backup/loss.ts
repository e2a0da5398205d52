// What a restore would take away: for the person who has to type the name.

import type { ReadSession, TableCount } from '../target/index.ts';
import type { Manifest } from './manifest.ts';

export interface TableLoss {
  readonly table: string;
  /** Absent: the table does not exist there. */
  readonly rowsNow?: number;
  readonly rowsInBackup?: number;
}

export interface Loss {
  /** Tables whose number of rows differs; equal numbers do not mean equal rows. */
  readonly tables: readonly TableLoss[];
  /** The content is the same already: nothing would be lost and nothing gained. */
  readonly isSame: boolean;
}

export async function describeLoss(session: ReadSession, manifest: Manifest): Promise<Loss> {
  const now = toMap(await session.counts());
  const then = toMap(manifest.database.tables);
  const tables: TableLoss[] = [];
  for (const table of [...new Set([...now.keys(), ...then.keys()])].sort()) {
    const [rowsNow, rowsInBackup] = [now.get(table), then.get(table)];
    if (rowsNow === rowsInBackup) continue;
    tables.push({
      table,
      ...(rowsNow === undefined ? {} : { rowsNow }),
      ...(rowsInBackup === undefined ? {} : { rowsInBackup }),
    });
  }
  const isSame = tables.length === 0 && (await session.contentHash()) === manifest.database.contentHash;
  return { tables, isSame };
}

function toMap(counts: readonly TableCount[]): Map<string, number> {
  return new Map(counts.map(({ table, rows }) => [table, rows]));
}
