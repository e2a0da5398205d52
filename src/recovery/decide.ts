// Decides how a target is put back, by the least force that is proven: take our rows back, restore
// the backup, or stop for a person. Pure.

import { formatCount } from '../base/index.ts';
import {
  type MovedBefore,
  movedBefore,
  type RollbackDecision,
  type TargetHistory,
} from '../journal/index.ts';

export interface DecideOptions {
  /** Writes of others between our last transaction and now. */
  readonly foreignWritesNow: 'none' | 'proven' | 'unknown';
  /** A run that has changed it since; its writes are those of others. */
  readonly laterRun?: string;
  /** The backup is not where it was put: retention, or a person, has removed it. */
  readonly isBackupGone?: boolean;
  /** A person said that writes of others may be lost (`--discard-foreign-writes`). */
  readonly mayDiscard: boolean;
  /** A person is at work: unknown attribution does not stop a restore, it quarantines first. */
  readonly isByHand: boolean;
  /** A step that changed the target and is a point of no return. */
  readonly final?: { readonly step: string; readonly reason: string };
}

export function decideRollback(history: TargetHistory, options: DecideOptions): RollbackDecision {
  const { target, commits, backup, isTouched } = history;
  if (commits.length === 0 && !isTouched) {
    return { target, how: 'nothing', why: 'nothing of this run was committed to it' };
  }
  if (options.final !== undefined) {
    const { step, reason } = options.final;
    return {
      target,
      how: 'stop',
      why: `step \`${step}\` changed it, and is a point of no return: ${reason}`,
      isForGood: true,
      ...(backup === undefined ? {} : { backup: backup.id }),
    };
  }
  const moved = movedBefore(history);
  if (moved !== undefined) return decideFiles(history, moved, options);
  const withoutRows = isTouched
    ? 'a program was allowed to touch it'
    : commits.find((commit) => commit.changeset === undefined)?.withoutChangeset;
  if (withoutRows === undefined) {
    return {
      target,
      how: 'rows',
      why: `${formatCount(commits.length, 'transaction')} of this run can be taken back row by row`,
      ...(backup === undefined ? {} : { backup: backup.id }),
    };
  }
  if (backup === undefined) {
    return {
      target,
      how: 'stop',
      why: `${withoutRows}, and there is no backup from before the first change`,
    };
  }
  if (options.isBackupGone === true) {
    const why = `${withoutRows}, and backup \`${backup.id}\` from before the first change is gone from \`${backup.path}\``;
    return { target, how: 'stop', why };
  }
  const foreign =
    options.laterRun === undefined
      ? worst([...commits.map((commit) => commit.foreignWrites), options.foreignWritesNow], isTouched)
      : 'proven';
  const isAllowed = foreign === 'none' || options.mayDiscard || (foreign === 'unknown' && options.isByHand);
  if (!isAllowed) {
    const who =
      options.laterRun !== undefined
        ? `run \`${options.laterRun}\` has changed it since`
        : foreign === 'proven'
          ? 'others have written to it since the backup'
          : 'others may have written to it since the backup';
    return {
      target,
      how: 'stop',
      why: `${who}, and a restore would lose that (${withoutRows})`,
      backup: backup.id,
      foreignWrites: foreign,
    };
  }
  return {
    target,
    how: 'restore',
    why: withoutRows,
    backup: backup.id,
    ...(foreign === 'none' ? {} : { foreignWrites: foreign }),
  };
}

/** Files go back whole, with the bytes that they had: what others wrote into what was put in their place would go. */
function decideFiles(
  { target, backup }: TargetHistory,
  moved: MovedBefore,
  { foreignWritesNow, mayDiscard, isByHand }: DecideOptions,
): RollbackDecision {
  const { folder, isFirst } = moved;
  const before = backup === undefined ? {} : { backup: backup.id };
  if (!isFirst)
    return {
      target,
      how: 'stop',
      why: `it was changed before its files were moved${folder === undefined ? '' : ` to \`${folder}\``}`,
      isForGood: true,
      ...before,
    };
  if (foreignWritesNow === 'none' || mayDiscard || (foreignWritesNow === 'unknown' && isByHand))
    return {
      target,
      how: 'files',
      why: folder === undefined ? 'no file was there before' : `its files are in quarantine in \`${folder}\``,
      ...(folder === undefined ? {} : { folder }),
      ...(foreignWritesNow === 'none' ? {} : { foreignWrites: foreignWritesNow }),
    };
  return {
    target,
    how: 'stop',
    why: `others ${foreignWritesNow === 'proven' ? 'have' : 'may have'} written to what was put in its place${folder === undefined ? '' : `; its files from before are in \`${folder}\``}`,
    ...before,
  };
}

type Foreign = 'none' | 'proven' | 'unknown';

/** A program in `touches` makes attribution unknown: what looks like others may be the program. */
function worst(all: readonly Foreign[], isTouched: boolean): Foreign {
  if (isTouched) return all.every((each) => each === 'none') ? 'none' : 'unknown';
  if (all.includes('proven')) return 'proven';
  return all.includes('unknown') ? 'unknown' : 'none';
}
