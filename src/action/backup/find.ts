// `backup.find`: find the newest backup that fits.

import type { BackupEntry } from '../../backup/manifest.ts';
import { Duration, formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import { defineAction, type RunContext } from '../action.ts';
import {
  backup,
  choice,
  duration,
  inputs,
  list,
  optional,
  outputs,
  target,
  text,
  timestamp,
} from '../fields.ts';
import { requireInstant } from '../values.ts';
import { backupValue } from './backup-value.ts';

export const backupFind = defineAction({
  name: 'backup.find',
  summary: 'Find the newest backup that fits',
  description:
    'Looks through the backups of a target from the newest on, and gives the first that fits and is verified. Says how old it is, and which ones it passed over and why. Fails when none fits. What a rollback has set aside (label `quarantine`) is offered only when it is asked for by that label.',
  with: inputs({
    target: target(),
    before: optional(timestamp('Only backups taken before this.')),
    after: optional(timestamp('Only backups taken after this.')),
    label: optional(text('Only backups with this label.', ['daily'])),
    store: optional(
      text('Name of a store in belay.yaml. Default: the one of the target; `local` is built in.', ['local']),
    ),
    verify: optional(
      choice(
        ['recorded', 'full'],
        '`recorded` (default) trusts the verification in the manifest; `full` reads and checks the artifact now.',
      ),
    ),
  }),
  outputs: outputs({
    backup: backup('The backup found.'),
    age: duration('How old it is.'),
    rejected: list(
      outputs({ id: text('Id of a backup.'), reason: text('Why it was passed over.') }),
      'Newer backups that did not fit, newest first.',
    ),
  }),
  effect: 'read',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
  worksUnreadable: true,
  isPlannable: true,
  async run(input, context) {
    const { findBackup, isFromFuture } = await import('../../backup/index.ts');
    const entries = await context.backups.list(input.target, input.store);
    // A rehearsal has a `now` of its own; a run has backups that it took after its own `now`.
    const clockNow = context.clock.now();
    const now = clockNow < context.now ? context.now : clockNow;
    const unsound: string[] = entries
      .filter((entry) => entry.verified === 'no' || isFromFuture(entry, now))
      .map(({ id }) => id);
    const { backup, ageMs, rejected } = await findBackup(
      entries.map((entry) => ({ entry })),
      {
        now,
        ...(input.before === undefined ? {} : { before: requireInstant(input.before) }),
        ...(input.after === undefined ? {} : { after: requireInstant(input.after) }),
        ...(input.label === undefined ? {} : { label: input.label }),
        ...(input.verify === 'full' ? { verify: ({ entry }) => verify(entry, context, unsound) } : {}),
      },
    );
    if (backup === undefined) throw noneFound(input.target, rejected);
    return {
      outputs: {
        backup: backupValue(backup),
        age: new Duration(Math.max(0, ageMs ?? 0)),
        rejected: [...rejected],
      },
      warnings: rejected
        .filter(({ id }) => unsound.includes(id))
        .map(({ id, reason }) => `backup \`${id}\` was passed over: ${reason}`),
    };
  },
});

async function verify(
  entry: BackupEntry,
  context: RunContext,
  unsound: string[],
): Promise<{ problems: readonly string[] }> {
  context.signal.throwIfAborted();
  context.progress({ message: `checks ${entry.id}` });
  const { problems } = await context.backups.verify(entry.id, 'integrity');
  if (problems.length > 0) unsound.push(entry.id);
  return { problems };
}

function noneFound(target: string, rejected: readonly { id: string; reason: string }[]): Failure {
  const why = rejected.slice(0, 5).map(({ id, reason }) => `\`${id}\`: ${reason}`);
  return new Failure(
    'action/no-backup-found',
    `no backup of \`${target}\` fits: ${rejected.length === 0 ? 'there is none' : `${formatCount(rejected.length, 'backup')} passed over (${why.join('; ')})`}`,
    {
      state: 'nothing was changed by this step',
      fix: 'see what there is with `belay backup list`, or look in another `store`',
      details: { rejected },
    },
  );
}
