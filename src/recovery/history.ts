// What a run did to each target, from its events alone: the transactions that may have to be taken back, and the
// backup that lies before them. Pure.

import type { Effect, JournalEvent, StoredEvent } from '../journal/index.ts';

export interface RecordedCommit {
  readonly step: string;
  readonly effect: Effect;
  readonly rows: number;
  /** Of the changeset in the journal; absent when none could be recorded. */
  readonly changeset?: string;
  readonly withoutChangeset?: string;
  /** Writes of others between our last look and this transaction. */
  readonly foreignWrites: 'none' | 'proven' | 'unknown';
  readonly sequences?: Announced['sequences'];
  readonly columns?: Announced['columns'];
  /** Announced and never confirmed: it may or may not be in the file. */
  readonly isInDoubt: boolean;
}

export interface TargetHistory {
  readonly target: string;
  /** Transactions with effect `change` or `destroy` since the last `accept`, oldest first. */
  readonly commits: readonly RecordedCommit[];
  /** The last backup that was complete before the first of them. */
  readonly backup?: { readonly id: string; readonly path: string; readonly contentHash: string };
  /** A program that was allowed to touch the target ran since: nobody knows what it wrote. */
  readonly isTouched: boolean;
  /** The steps whose programs were allowed to. */
  readonly touchedBy: readonly string[];
}

/** The history of every target that the run did something to. */
export function historiesOf(events: readonly StoredEvent[]): TargetHistory[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (target: string): Draft => {
    const draft = drafts.get(target) ?? {
      commits: [],
      backup: undefined,
      lastBackup: undefined,
      isTouched: false,
      touchedBy: [],
    };
    drafts.set(target, draft);
    return draft;
  };
  for (const { event } of events) note(event, draftOf, drafts);
  return [...drafts].map(([target, { commits, backup, isTouched, touchedBy }]) => ({
    target,
    commits: commits.map(({ event, isConfirmed }) => recorded(event, !isConfirmed)),
    ...(backup === undefined ? {} : { backup }),
    isTouched,
    touchedBy,
  }));
}

interface Draft {
  commits: { event: Announced; isConfirmed: boolean; isLeftOpen?: boolean }[];
  backup: TargetHistory['backup'] | undefined;
  lastBackup: TargetHistory['backup'] | undefined;
  isTouched: boolean;
  touchedBy: string[];
}

type Announced = Extract<JournalEvent, { type: 'commit-announced' }>;

function note(event: JournalEvent, draftOf: (target: string) => Draft, drafts: Map<string, Draft>): void {
  switch (event.type) {
    case 'backup-created': {
      const draft = draftOf(event.target);
      draft.lastBackup = { id: event.backup, path: event.path, contentHash: event.contentHash };
      return;
    }
    case 'commit-announced': {
      if (event.effect !== 'change' && event.effect !== 'destroy') return;
      const draft = draftOf(event.target);
      if (draft.commits.length === 0 && !draft.isTouched) draft.backup = draft.lastBackup;
      draft.commits.push({ event, isConfirmed: false });
      return;
    }
    case 'attempt-started': {
      // What an earlier attempt, or a process that died, left open, no later attempt can know.
      for (const { commits } of drafts.values())
        for (const each of commits)
          if (each.event.step === event.step && !each.isConfirmed) each.isLeftOpen = true;
      return;
    }
    case 'committed': {
      const last = drafts.get(event.target)?.commits.findLast((each) => each.event.step === event.step);
      if (last !== undefined) last.isConfirmed = true;
      return;
    }
    case 'attempt-finished': {
      // An attempt that ended by itself knows that its unconfirmed transaction was rolled back.
      if (event.state !== 'succeeded' && (event.state !== 'failed' || event.failure?.code === 'run/timeout'))
        return;
      for (const draft of drafts.values()) {
        draft.commits = draft.commits.filter(
          (each) => each.isConfirmed || each.isLeftOpen === true || each.event.step !== event.step,
        );
      }
      return;
    }
    case 'target-touched': {
      const draft = draftOf(event.target);
      if (draft.commits.length === 0 && !draft.isTouched) draft.backup = draft.lastBackup;
      draft.isTouched = true;
      draft.touchedBy.push(event.step);
      return;
    }
    case 'accepted':
      for (const draft of drafts.values()) forget(draft);
      return;
    case 'undone': {
      // Proven to be as before: a rollback that goes on must not take it back a second time.
      const draft = event.target === undefined ? undefined : drafts.get(event.target);
      if (draft !== undefined) forget(draft);
      return;
    }
    default:
  }
}

function forget(draft: Draft): void {
  draft.commits = [];
  draft.isTouched = false;
  draft.touchedBy = [];
  draft.backup = undefined;
}

function recorded(event: Announced, isInDoubt: boolean): RecordedCommit {
  return {
    step: event.step,
    effect: event.effect,
    rows: event.rows,
    ...(event.changeset === undefined ? {} : { changeset: event.changeset.sha256 }),
    ...(event.withoutChangeset === undefined ? {} : { withoutChangeset: event.withoutChangeset }),
    ...(event.sequences === undefined ? {} : { sequences: event.sequences }),
    ...(event.columns === undefined ? {} : { columns: event.columns }),
    foreignWrites: event.foreignWrites,
    isInDoubt,
  };
}
