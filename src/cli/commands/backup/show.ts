// `belay backup show`: the manifest of a backup, in words.

import { locateBackup } from '../../../backup/index.ts';
import { formatCount, formatSize } from '../../../base/index.ts';
import { escapeLine, exitCodes } from '../../../diagnostic/index.ts';
import { backupPlace, type PlaceOptions } from '../../backup-place.ts';
import type { Context } from '../../context.ts';
import { quoteWord } from '../../runbook.ts';

export async function showBackup(context: Context, id: string, options: PlaceOptions): Promise<number> {
  const format = context.format(['text', 'json']);
  const { stores } = await backupPlace(context, options);
  const { entry, manifest } = await locateBackup(stores, id);
  if (format === 'json') {
    context.printJson({ ...entry, manifest: manifest ?? null });
    return exitCodes.done;
  }
  const facts: [string, string][] = [
    ['backup', entry.id],
    ['target', manifest === undefined ? entry.target : `${entry.target} (${manifest.target.realPath})`],
    ['taken', entry.createdAt],
    ['label', entry.label ?? ''],
    ['by run', entry.run ?? ''],
    ['in', entry.path],
    ['size', `${formatSize(entry.sizeBytes)} for a database of ${formatSize(entry.databaseBytes)}`],
    ['verified', entry.problem ?? verifiedWords(entry.verified, manifest?.verification.at)],
    ['content', entry.contentHash ?? ''],
    ['next', `belay backup verify ${entry.id}${storeOption(options)}`],
  ];
  for (const [label, text] of facts) if (text !== '') context.print(`${label.padEnd(10)}${escapeLine(text)}`);
  for (const [i, { table, rows }] of (manifest?.database.tables ?? []).entries())
    context.print(`${(i === 0 ? 'tables' : '').padEnd(10)}${escapeLine(table)}: ${formatCount(rows, 'row')}`);
  return exitCodes.done;
}

function verifiedWords(verified: string, at: string | undefined): string {
  return at === undefined ? verified : `${verified}, ${at}`;
}

function storeOption(options: PlaceOptions): string {
  return options.store === undefined ? '' : ` --store ${quoteWord(options.store)}`;
}
