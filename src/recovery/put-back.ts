// Restoring the backup from before the run into a target, after its failed state has been kept aside.

import { quarantineLabel, restoreBackup } from '../backup/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { RollbackWork } from '../engine/index.ts';
import type { TargetHistory } from '../journal/index.ts';
import { recordedBackup } from './recorded-backup.ts';

/** A verified copy of what the run left, so that a wrong rollback can itself be taken back; its id. */
export async function quarantineState(work: RollbackWork, { target }: TargetHistory): Promise<string> {
  const kept = await work.backups.create(target, { label: quarantineLabel, verify: 'quick' });
  work.recorder.record({ type: 'quarantined', target, path: kept.path, backup: kept.id });
  return kept.id;
}

/** `losesWrites`: what others write until it is done may be lost. */
export async function putBackBackup(
  work: RollbackWork,
  history: TargetHistory,
  losesWrites: boolean,
): Promise<void> {
  const { target, backup } = history;
  const spec = work.specs.find(({ name }) => name === target);
  if (backup === undefined || spec === undefined) throw new Error(`no backup of ${target} to put back`);
  const found = await recordedBackup(backup);
  work.recorder.record({ type: 'undo-announced', how: 'restore', target, backup: backup.id });
  const session = await work.sessions.writer(target);
  const { contentHash } = await restoreBackup({
    // What follows is proof: it needs nobody to be away.
    session: {
      ...session,
      restoreFrom: (path, options) =>
        session.restoreFrom(path, { ...options, letsOthersIn: true, losesWrites }),
    },
    spec,
    found,
    allowsOtherDatabase: true,
    driver: work.driver,
    scratchFolder: work.scratchFolder,
    onProgress: (progress) => work.recorder.show({ type: 'progress', step: 'rollback', ...progress }),
  });
  if (contentHash !== backup.contentHash) {
    throw new Failure(
      'run/rollback-incomplete',
      `\`${target}\` was restored, and its content is not that of the backup`,
      {
        state: `\`${target}\` holds backup \`${backup.id}\` and something more`,
      },
    );
  }
  work.recorder.record({
    type: 'undone',
    how: 'restore',
    target,
    proof: `content equals backup ${backup.id}`,
  });
}
