// What befalls the data: commits announced and settled, settings, backups.

import type { StoredEvent } from '../event.ts';
import { corrupt, type EventOf, type Fold, type Handlers, workingStep } from './fold.ts';

export const commitEvents: Handlers<
  | 'commit-announced'
  | 'committed'
  | 'commit-withdrawn'
  | 'settings-announced'
  | 'written-meanwhile'
  | 'backup-created'
  | 'backup-removed'
> = {
  'commit-announced'(fold, event, stored) {
    workingStep(fold, stored, event.step);
    fold.open.push({ sequence: stored.sequence, event });
  },
  committed(fold, event, stored) {
    const { target, step, rows, effect, files } = closeCommit(fold, stored, event);
    const commit = { target, step, rows, effect, ...(files === undefined ? {} : { files }) };
    fold.run.commits = [...fold.run.commits, commit];
  },
  'commit-withdrawn'(fold, event, stored) {
    closeCommit(fold, stored, event);
  },
  'settings-announced'(fold, { target, step, before, after }, stored) {
    workingStep(fold, stored, step);
    fold.run.settings = [...fold.run.settings, { target, step, before, after }];
  },
  'written-meanwhile'({ run }, { target, step }) {
    run.writtenMeanwhile = [...run.writtenMeanwhile, { target, step }];
  },
  'backup-created'({ run }, { backup: id, target, path, sizeBytes, step }) {
    run.backups = [...run.backups, { id, target, path, sizeBytes, step }];
  },
  'backup-removed'({ run }, { backup: id, reason }) {
    run.removedBackups = [...run.removedBackups, { id, reason }];
  },
};

/**
 * The announcement that an event settles: the one it names, else the last open one of its step for its target. Nothing
 * but such an event closes one: not the end of an attempt, and not the success of a later one.
 */
function closeCommit(
  fold: Fold,
  stored: StoredEvent,
  event: EventOf<'committed' | 'commit-withdrawn'>,
): EventOf<'commit-announced'> {
  const { announcement } = event;
  const open = fold.open.findLast(({ sequence, event: { target, step } }) =>
    announcement === undefined ? target === event.target && step === event.step : sequence === announcement,
  );
  if (open === undefined) throw corrupt(stored, 'settles a commit that was not announced');
  fold.open = fold.open.filter((each) => each !== open);
  return open.event;
}
