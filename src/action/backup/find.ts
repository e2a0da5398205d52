// `backup.find`: find the newest backup that fits.

import type { BackupEntry } from '../../backup/manifest.ts';
import { Duration, formatCount, type Timestamp } from '../../base/index.ts';
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
import { epochMs } from '../values.ts';
import { backupValue } from './backup-value.ts';

export const backupFind = defineAction({
  name: 'backup.find',
  summary: 'Find the newest backup that fits',
  description:
    'Looks through the backups of a target from the newest on, and gives the first that fits and is verified. Says how old it is, and which ones it passed over and why. Fails when none fits.',
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
  isPlannable: true,
  async run(input, context) {
    const bounds = { before: bound(input.before), after: bound(input.after), label: input.label };
    const entries = [...(await context.backups.list(input.target, input.store))].sort((a, b) =>
      a.createdAt < b.createdAt ? 1 : -1,
    );
    const rejected: { id: string; reason: string }[] = [];
    for (const entry of entries) {
      const reason =
        misfit(entry, bounds) ?? (input.verify === 'full' ? await damage(entry, context) : undefined);
      if (reason === undefined) {
        const ageMs = Math.max(0, context.now.getTime() - Date.parse(entry.createdAt));
        return { outputs: { backup: backupValue(entry), age: new Duration(ageMs), rejected } };
      }
      rejected.push({ id: entry.id, reason });
    }
    const why = rejected.slice(0, 5).map(({ id, reason }) => `\`${id}\` ${reason}`);
    throw new Failure(
      'action/no-backup-found',
      `no backup of \`${input.target}\` fits: ${rejected.length === 0 ? 'there is none' : `${formatCount(rejected.length, 'backup')} passed over: ${why.join('; ')}`}`,
      {
        state: 'nothing was changed by this step',
        fix: 'see what there is with `belay backup list`, or look in another `store`',
        details: { rejected },
      },
    );
  },
});

interface Bounds {
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly label: string | undefined;
}

function bound(value: Timestamp | string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = epochMs(value);
  if (ms !== undefined) return ms;
  throw new Failure(
    'action/not-an-instant',
    `expected an instant such as \`2026-01-05T14:30:00Z\`, found \`${value}\``,
    {
      state: 'nothing was changed by this step',
      fix: 'write it as ISO 8601 with a time zone',
    },
  );
}

/** Why the backup does not fit, or undefined. */
function misfit(entry: BackupEntry, { before, after, label }: Bounds): string | undefined {
  const at = Date.parse(entry.createdAt);
  if (entry.verified === 'no')
    return `is not verified${entry.problem === undefined ? '' : `: ${entry.problem}`}`;
  if (before !== undefined && at >= before)
    return `was taken at ${entry.createdAt}, not before ${iso(before)}`;
  if (after !== undefined && at <= after) return `was taken at ${entry.createdAt}, not after ${iso(after)}`;
  if (label !== undefined && entry.label !== label) {
    return `has ${entry.label === null ? 'no label' : `the label \`${entry.label}\``}, not \`${label}\``;
  }
  return undefined;
}

async function damage(entry: BackupEntry, context: RunContext): Promise<string | undefined> {
  context.signal.throwIfAborted();
  context.progress({ message: `checks ${entry.id}` });
  const { problems } = await context.backups.verify(entry.id, 'quick');
  return problems.length === 0 ? undefined : `is damaged: ${problems[0]}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
