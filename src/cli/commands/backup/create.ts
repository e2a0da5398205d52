// `belay backup create`.

import { Failure } from '../../../diagnostic/index.ts';
import { backupPlaceWithTarget, type PlaceOptions } from '../../backup-place.ts';
import { resolveBuiltin } from '../../builtin-runbook.ts';
import type { Context } from '../../context.ts';
import { driveRun } from '../../drive-run.ts';
import { readKeep } from '../../keep.ts';
import { readDuration } from '../../options.ts';

interface CreateOptions extends PlaceOptions {
  readonly label?: string;
  readonly verify?: string;
  readonly keep?: string;
  readonly lockWait?: string;
}

export async function createBackup(context: Context, options: CreateOptions): Promise<number> {
  if (options.verify !== 'quick' && options.verify !== 'integrity')
    throw new Failure(
      'usage/invalid-value',
      `\`--verify ${options.verify}\`: expected \`quick\` or \`integrity\``,
    );
  const lockWaitMs =
    options.lockWait === undefined ? undefined : readDuration('--lock-wait', options.lockWait);
  const keep = options.keep === undefined ? undefined : readKeep(options.keep);
  const place = await backupPlaceWithTarget(context, options, { mayCreateStore: true });
  const now = context.clock.now();
  const resolved = await resolveBuiltin(
    context,
    await context.project(),
    place,
    {
      name: 'backup-create',
      title: 'Backup',
      steps: [
        {
          id: 'backup',
          name: 'Take a verified backup',
          action: 'backup.create',
          with: {
            target: 'db',
            verify: options.verify,
            ...(options.label === undefined ? {} : { label: '${{ params.label }}' }),
            ...(keep === undefined ? {} : { keep }),
          },
        },
      ],
      ...(options.label === undefined ? {} : { params: { label: options.label } }),
    },
    now,
  );
  const { exitCode } = await driveRun(context, resolved, {
    now,
    isFreeOfPolicy: true,
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
  });
  return exitCode;
}
