// `belay backup list`. With `--store` it needs nothing but the folder.

import { type BackupEntry, listBackups as listStore, targetGroups } from '../../../backup/index.ts';
import { formatSize } from '../../../base/index.ts';
import { exitCodes } from '../../../diagnostic/index.ts';
import { renderTable } from '../../../render/index.ts';
import { type BackupPlace, backupPlace, type PlaceOptions } from '../../backup-place.ts';
import type { Context } from '../../context.ts';

export async function listBackups(context: Context, options: PlaceOptions): Promise<number> {
  const format = context.format(['text', 'json']);
  const entries = await entriesOf(await backupPlace(context, options));
  if (format === 'json') context.printJson({ backups: entries });
  else if (entries.length === 0) context.say('no backups');
  else {
    context.print(
      renderTable(
        [
          { title: 'backup' },
          { title: 'target', shrink: 'end' },
          { title: 'taken' },
          { title: 'size', align: 'right' },
          { title: 'verified' },
          { title: 'label', shrink: 'end' },
          { title: 'where', shrink: 'start' },
        ],
        entries.map(row),
        context.resultScreen,
      ),
    );
  }
  return exitCodes.done;
}

/** Of the target when one is named; newest first. */
async function entriesOf({ stores, target }: BackupPlace): Promise<BackupEntry[]> {
  const groups = target === undefined ? undefined : await targetGroups(target);
  const found = await Promise.all(stores.map((store) => listStore(store, groups)));
  return found
    .flat()
    .map(({ entry }) => entry)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

function row(entry: BackupEntry): string[] {
  return [
    entry.id,
    entry.target,
    `${entry.createdAt.slice(0, 16).replace('T', ' ')}Z`,
    formatSize(entry.sizeBytes),
    entry.problem === undefined ? entry.verified : `no: ${entry.problem}`,
    entry.label ?? '',
    entry.path,
  ];
}
