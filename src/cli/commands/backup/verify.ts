// `belay backup verify`: reads backups whole. Changes neither the store nor a database.

import {
  type FoundBackup,
  listBackups,
  locateBackup,
  targetGroups,
  type VerifiedBackup,
  verifyBackup,
} from '../../../backup/index.ts';
import { escapeLine, exitCodes } from '../../../diagnostic/index.ts';
import { type BackupPlace, backupPlace, type PlaceOptions } from '../../backup-place.ts';
import type { Context } from '../../context.ts';
import { createScratchFolder } from '../../scratch.ts';

interface VerifyOptions extends PlaceOptions {
  readonly quick?: boolean;
}

export async function verifyBackups(
  context: Context,
  id: string | undefined,
  options: VerifyOptions,
): Promise<number> {
  const format = context.format(['text', 'json']);
  const found = await select(await backupPlace(context, options), id);
  const { sqliteDriver } = await import('../../../target/sqlite/index.ts');
  using scratch = createScratchFolder();
  const level = options.quick === true ? 'quick' : 'integrity';
  const verified: VerifiedBackup[] = [];
  for (const each of found) {
    const result = await verifyBackup(each, level, { driver: sqliteDriver, scratchFolder: scratch.path });
    verified.push(result);
    if (format === 'text') context.print(line(result));
  }
  if (format === 'json')
    context.printJson({
      backups: verified.map(({ entry, problems }) => ({ ...entry, ok: problems.length === 0, problems })),
    });
  else if (verified.length === 0) context.say('no backups');
  return verified.some(({ problems }) => problems.length > 0) ? exitCodes.found : exitCodes.done;
}

async function select({ stores, target }: BackupPlace, id: string | undefined): Promise<FoundBackup[]> {
  if (id !== undefined) return [await locateBackup(stores, id)];
  const groups = target === undefined ? undefined : await targetGroups(target);
  return (await Promise.all(stores.map((store) => listBackups(store, groups)))).flat();
}

function line({ entry, problems }: VerifiedBackup): string {
  return problems.length === 0
    ? `ok       ${entry.id}`
    : `DAMAGED  ${entry.id}: ${escapeLine(problems.join('; '))}`;
}
