// `belay backup restore`: shows what would be lost, asks for the name of the database, and runs the restore: a backup of
// the state before, then the restore itself, both recorded.

import { basename } from 'node:path';
import {
  type BackupEntry,
  describeLoss,
  type FoundBackup,
  type Loss,
  locateBackup,
  requireSameDatabase,
  usableManifest,
} from '../../../backup/index.ts';
import { formatCount } from '../../../base/index.ts';
import { exitCodes, Failure } from '../../../diagnostic/index.ts';
import { confirm } from '../../../gate/index.ts';
import { realPathOf, type TargetSpec } from '../../../target/index.ts';
import { backupPlaceWithTarget, type PlaceOptions } from '../../backup-place.ts';
import { resolveBuiltin } from '../../builtin-runbook.ts';
import type { Context } from '../../context.ts';
import { driveRun } from '../../drive-run.ts';
import { readDuration } from '../../options.ts';
import { refuseEarly } from '../../refuse-early.ts';
import { quoteWord } from '../../runbook.ts';
import { createScratchFolder } from '../../scratch.ts';

interface RestoreOptions extends PlaceOptions {
  readonly confirm?: string;
  readonly otherDatabase?: boolean;
  readonly lockWait?: string;
}

export async function restoreBackup(context: Context, id: string, options: RestoreOptions): Promise<number> {
  context.format(['text', 'json']);
  const lockWaitMs =
    options.lockWait === undefined ? undefined : readDuration('--lock-wait', options.lockWait);
  const allowsOtherDatabase = options.otherDatabase === true;
  const { stores, target } = await backupPlaceWithTarget(context, options);
  const found = await locateBackup(stores, id);
  const manifest = usableManifest(found);
  await requireSameDatabase({ spec: target, allowsOtherDatabase }, manifest);
  const loss = await lossOf(target, found);
  const now = context.clock.now();
  const resolved = await resolveBuiltin(
    context,
    await context.project(),
    { target },
    {
      name: 'backup-restore',
      title: 'Restore',
      params: { from: found.store.location },
      steps: [
        {
          id: 'before',
          name: 'Back up the state before',
          action: 'backup.create',
          with: { target: 'db', label: 'before-restore' },
        },
        {
          id: 'restore',
          name: `Restore ${id}`,
          action: 'backup.restore',
          with: { target: 'db', backup: id, from: '${{ params.from }}', otherDatabase: allowsOtherDatabase },
        },
      ],
    },
    now,
  );
  const name = basename(realPathOf(target.path));
  const answersGiven = options.confirm === undefined ? [] : ['--confirm'];
  await refuseEarly(resolved, { kind: 'run', now, answers: answersGiven, discardsForeignWrites: false });
  await confirm({
    message: lossWords(target, found.entry, loss),
    expect: name,
    also: basename(target.path),
    ...(options.confirm === undefined ? {} : { given: options.confirm }),
    withoutTerminal: `give \`--confirm ${quoteWord(name)}\``,
    mayAsk: context.globals.output === 'text',
    input: process.stdin,
    output: context.screen.stderr,
  });
  const { exitCode } = await driveRun(context, resolved, {
    now,
    answersGiven,
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
  });
  return exitCode;
}

/** Fails with the problem of the database: what cannot be read cannot be backed up before, and is not overwritten. */
async function lossOf(target: TargetSpec, found: FoundBackup): Promise<Loss> {
  const { sqliteDriver } = await import('../../../target/sqlite/index.ts');
  const facts = await sqliteDriver.probe(target);
  if (facts.problem !== undefined)
    throw new Failure(facts.problem.code, facts.problem.message, {
      state: 'nothing was changed',
      fix: `restore by hand, as \`${found.entry.path}/RESTORE.txt\` says`,
      exit: exitCodes.refused,
    });
  using scratch = createScratchFolder();
  await using session = await sqliteDriver.openPure(target, scratch.path);
  return await describeLoss(session, usableManifest(found));
}

function lossWords(target: TargetSpec, entry: BackupEntry, loss: Loss): string {
  const realPath = realPathOf(target.path);
  const link = realPath === target.path ? '' : `, which ${target.path} leads to,`;
  const lines = [`${realPath}${link} would be put back to backup ${entry.id} of ${entry.createdAt}.`];
  if (loss.isSame) lines.push('Its content is the same already.');
  else if (loss.tables.length === 0)
    lines.push('Every table has as many rows as in the backup, but other ones.');
  for (const { table, rowsNow, rowsInBackup } of loss.tables) {
    const now = rowsNow === undefined ? 'not there now' : formatCount(rowsNow, 'row');
    const then = rowsInBackup === undefined ? 'gone' : formatCount(rowsInBackup, 'row');
    lines.push(`  ${table}: ${now} → ${then}`);
  }
  lines.push('What was written since then is lost; the state before is kept as a backup.');
  return lines.join('\n');
}
