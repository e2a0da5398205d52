// `belay backup expire`: retention by hand. Says for each backup why it stays or goes.

import type { ExpiryDecision, KeepPolicy } from '../../../action/index.ts';
import { isOwnCopy, listBackups, planExpiry, targetGroups } from '../../../backup/index.ts';
import { type Json, parseDuration } from '../../../base/index.ts';
import { exitCodes, Failure } from '../../../diagnostic/index.ts';
import { renderTable } from '../../../render/index.ts';
import { openLocalStore } from '../../../store/index.ts';
import type { TargetSpec } from '../../../target/index.ts';
import { backupPlaceWithTarget, type PlaceOptions } from '../../backup-place.ts';
import { resolveBuiltin } from '../../builtin-runbook.ts';
import type { Context } from '../../context.ts';
import { driveRun } from '../../drive-run.ts';
import { readKeep } from '../../keep.ts';
import { neededHere } from '../../needed-here.ts';

interface ExpireOptions extends PlaceOptions {
  readonly keep?: string;
  readonly dryRun?: boolean;
}

export async function expireBackups(context: Context, options: ExpireOptions): Promise<number> {
  const format = context.format(['text', 'json']);
  const { target } = await backupPlaceWithTarget(context, options);
  const written = options.keep === undefined ? await keepOf(context, target) : readKeep(options.keep);
  const now = context.clock.now();
  if (options.dryRun === true) {
    // As the run does it: in the one store, without the engine's own copies.
    const found = await listBackups(
      openLocalStore(target.store.name, target.store.path),
      await targetGroups(target),
    );
    const decisions = planExpiry(
      found.map(({ entry }) => entry).filter(({ label }) => !isOwnCopy(label)),
      policyOf(written),
      now,
      await neededHere(context),
    );
    if (format === 'json') context.printJson({ decisions: decisions.map(decisionToJson) });
    else context.print(decisionTable(decisions, context));
    return exitCodes.done;
  }
  const resolved = await resolveBuiltin(
    context,
    await context.project(),
    { target },
    {
      name: 'backup-expire',
      title: 'Retention',
      steps: [
        {
          id: 'expire',
          name: 'Remove old backups',
          action: 'backup.expire',
          with: { target: 'db', keep: written as Json },
        },
      ],
    },
    now,
  );
  return (await driveRun(context, resolved, { now })).exitCode;
}

/** Of the target in belay.yaml, else of its store. */
async function keepOf(context: Context, target: TargetSpec): Promise<Readonly<Record<string, unknown>>> {
  const project = await context.project();
  const keep =
    (target.catalogueName === undefined ? undefined : project.targets[target.catalogueName]?.keep) ??
    project.stores[target.store.name]?.keep;
  if (keep !== undefined) return keep;
  throw new Failure('usage/missing-argument', 'say what to keep: `--keep RULES`', {
    state: 'nothing was removed',
    fix: 'such as `--keep last=7,daily=30`, or `keep:` of the target or store in belay.yaml',
  });
}

function policyOf(written: Readonly<Record<string, unknown>>): KeepPolicy {
  const { within, ...counted } = written;
  return {
    ...(counted as KeepPolicy),
    ...(typeof within === 'string' ? { within: parseDuration(within) ?? 0 } : {}),
  };
}

function decisionToJson({ entry, action, reasons }: ExpiryDecision): object {
  return { id: entry.id, createdAt: entry.createdAt, sizeBytes: entry.sizeBytes, decision: action, reasons };
}

function decisionTable(decisions: readonly ExpiryDecision[], context: Context): string {
  return renderTable(
    [{ title: '' }, { title: 'backup' }, { title: 'why', shrink: 'end' }],
    decisions.map(({ entry, action, reasons }) => [action, entry.id, reasons.join(', ')]),
    context.resultScreen,
  );
}
