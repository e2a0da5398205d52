// What a run did to each target, from its events alone: the transactions that may have to be taken back, and the
// backup that lies before them. Pure.

import type { Effect, FileSettings, JournalEvent, MovedFiles, StoredEvent } from './event.ts';

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
  /** Sequence of its announcement. */
  readonly announcement: number;
  /** Announced and never settled: it may or may not be in the file. */
  readonly isInDoubt: boolean;
  readonly files?: MovedFiles;
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
  /** A program was, before any of its files were moved. */
  readonly isTouchedInPlace: boolean;
  /** Sequence of the event that changed it last, or may have: accepted or not, but not taken back. */
  readonly changedAt?: number;
  /** Of the file that was there before: those of a file that was put in its place go with it. */
  readonly settings: readonly RecordedSettings[];
}

export interface RecordedSettings {
  readonly step: string;
  readonly before: FileSettings;
  readonly after: FileSettings;
}

/** The run moved the files: they go back as they are, whatever was done to what it put in their place. */
export interface MovedBefore {
  /** The quarantine of what lay there; absent: nothing did. */
  readonly folder?: string;
  /** Nothing had changed the target before. */
  readonly isFirst: boolean;
  /** Something was put in its place. */
  readonly isReplaced: boolean;
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
      isTouchedInPlace: false,
      touchedAt: undefined,
      acceptedAt: undefined,
      settings: [],
    };
    drafts.set(target, draft);
    return draft;
  };
  for (const stored of events) note(stored, draftOf, drafts);
  return [...drafts].map(([target, draft]) => {
    const { commits, backup, isTouched, touchedBy, isTouchedInPlace, settings } = draft;
    const changedAt = lastChange(draft);
    return {
      target,
      commits: commits.map(recorded),
      ...(backup === undefined ? {} : { backup }),
      isTouched,
      touchedBy,
      isTouchedInPlace,
      settings,
      ...(changedAt === undefined ? {} : { changedAt }),
    };
  });
}

/** What the first move of files left behind; undefined when the run moved none. */
export function movedBefore({
  commits,
  isTouched,
  isTouchedInPlace,
}: TargetHistory): MovedBefore | undefined {
  const at = commits.findIndex(({ files }) => files !== undefined);
  const first = commits[at]?.files;
  if (first === undefined) return undefined;
  return {
    ...(first.move === 'aside' && first.folder !== undefined ? { folder: first.folder } : {}),
    isFirst: at === 0 && !isTouchedInPlace,
    isReplaced: isTouched || commits.slice(at).some(({ files }) => files?.move !== 'aside'),
  };
}

interface Draft {
  commits: Noted[];
  backup: TargetHistory['backup'] | undefined;
  lastBackup: TargetHistory['backup'] | undefined;
  isTouched: boolean;
  touchedBy: string[];
  /** Before any of its files were moved. */
  isTouchedInPlace: boolean;
  touchedAt: number | undefined;
  /** The last change that was accepted: nothing takes it back. */
  acceptedAt: number | undefined;
  settings: RecordedSettings[];
}

interface Noted {
  readonly event: Announced;
  readonly sequence: number;
  isConfirmed: boolean;
}

type Announced = Extract<JournalEvent, { type: 'commit-announced' }>;

function note(
  { event, sequence }: StoredEvent,
  draftOf: (target: string) => Draft,
  drafts: Map<string, Draft>,
): void {
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
      draft.commits.push({ event, sequence, isConfirmed: false });
      return;
    }
    case 'committed': {
      const last = lastOpen(drafts.get(event.target), event.step, event.announcement);
      if (last !== undefined) last.isConfirmed = true;
      return;
    }
    case 'commit-withdrawn': {
      const draft = drafts.get(event.target);
      const last = lastOpen(draft, event.step, event.announcement);
      if (draft !== undefined) draft.commits = draft.commits.filter((each) => each !== last);
      return;
    }
    case 'target-touched': {
      const draft = draftOf(event.target);
      if (draft.commits.length === 0 && !draft.isTouched) draft.backup = draft.lastBackup;
      draft.isTouched = true;
      draft.touchedAt = sequence;
      if (draft.commits.every((each) => each.event.files === undefined)) draft.isTouchedInPlace = true;
      draft.touchedBy.push(event.step);
      return;
    }
    case 'settings-announced': {
      const draft = draftOf(event.target);
      const { step, before, after } = event;
      if (draft.commits.every((each) => each.event.files === undefined))
        draft.settings.push({ step, before, after });
      return;
    }
    case 'accepted':
      for (const draft of drafts.values()) {
        // A backup from before a change that was accepted is no way back any more: it would take that along.
        if (draft.commits.length > 0 || draft.isTouched) draft.lastBackup = undefined;
        draft.acceptedAt = lastChange(draft);
        forget(draft);
        draft.settings = [];
      }
      return;
    case 'undone': {
      // Proven to be as before: a rollback that goes on must not take it back a second time.
      const draft = event.target === undefined ? undefined : drafts.get(event.target);
      if (draft !== undefined && event.how === 'settings') draft.settings = [];
      else if (draft !== undefined) forget(draft);
      return;
    }
    default:
  }
}

function lastOpen(draft: Draft | undefined, step: string, announcement?: number): Noted | undefined {
  return draft?.commits.findLast(
    (each) =>
      !each.isConfirmed &&
      (announcement === undefined ? each.event.step === step : each.sequence === announcement),
  );
}

/** In the order of the journal, which is that of the changes: one run at a time has the lease. */
function lastChange({ commits, touchedAt, acceptedAt }: Draft): number | undefined {
  const all = [commits.at(-1)?.sequence, touchedAt, acceptedAt].filter((each) => each !== undefined);
  return all.length === 0 ? undefined : Math.max(...all);
}

function forget(draft: Draft): void {
  draft.commits = [];
  draft.isTouched = false;
  draft.touchedAt = undefined;
  draft.touchedBy = [];
  draft.isTouchedInPlace = false;
  draft.backup = undefined;
}

function recorded({ event, sequence, isConfirmed }: Noted): RecordedCommit {
  return {
    step: event.step,
    effect: event.effect,
    rows: event.rows,
    ...(event.changeset === undefined ? {} : { changeset: event.changeset.sha256 }),
    ...(event.withoutChangeset === undefined ? {} : { withoutChangeset: event.withoutChangeset }),
    ...(event.sequences === undefined ? {} : { sequences: event.sequences }),
    ...(event.columns === undefined ? {} : { columns: event.columns }),
    foreignWrites: event.foreignWrites,
    announcement: sequence,
    isInDoubt: !isConfirmed,
    ...(event.files === undefined ? {} : { files: event.files }),
  };
}
