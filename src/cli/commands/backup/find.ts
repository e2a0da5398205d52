// `belay backup find`: the newest backup that fits, how old it is, and which newer ones were passed over.

import { findBackup, listBackups, targetGroups, verifyBackup } from '../../../backup/index.ts';
import { formatDuration } from '../../../base/index.ts';
import { escapeLine, exitCodes, Failure } from '../../../diagnostic/index.ts';
import { backupPlaceWithTarget, type PlaceOptions } from '../../backup-place.ts';
import type { Context } from '../../context.ts';
import { createScratchFolder } from '../../scratch.ts';

interface FindOptions extends PlaceOptions {
  readonly before?: string;
  readonly after?: string;
  readonly label?: string;
  readonly full?: boolean;
}

export async function findOne(context: Context, options: FindOptions): Promise<number> {
  const format = context.format(['text', 'json']);
  const before = readTime('--before', options.before);
  const after = readTime('--after', options.after);
  const { stores, target } = await backupPlaceWithTarget(context, options);
  const groups = await targetGroups(target);
  const candidates = (await Promise.all(stores.map((store) => listBackups(store, groups)))).flat();
  const { sqliteDriver } = await import('../../../target/sqlite/index.ts');
  using scratch = createScratchFolder();
  const reader = { driver: sqliteDriver, scratchFolder: scratch.path };
  const { backup, ageMs, rejected } = await findBackup(candidates, {
    now: context.clock.now(),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(options.label === undefined ? {} : { label: options.label }),
    ...(options.full === true ? { verify: (found) => verifyBackup(found, 'integrity', reader) } : {}),
  });
  if (format === 'json') {
    context.printJson({ backup: backup ?? null, ageMs: ageMs ?? null, rejected });
  } else {
    if (backup === undefined) context.say('no backup fits');
    else {
      context.print(backup.id);
      context.say(
        `taken ${backup.createdAt}, ${formatDuration(Math.max(0, ageMs ?? 0))} ago, in ${escapeLine(backup.path)}`,
      );
    }
    for (const { id, reason } of rejected) context.say(`passed over ${id}: ${escapeLine(reason)}`);
  }
  return backup === undefined ? exitCodes.found : exitCodes.done;
}

function readTime(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  // A date without a zone would mean another instant on another machine.
  if (!Number.isNaN(time.getTime()) && /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:?\d\d))?$/.test(text)) return time;
  throw new Failure(
    'usage/invalid-value',
    `\`${option} ${text}\`: expected a time such as \`2026-11-21T03:00:00Z\``,
  );
}
