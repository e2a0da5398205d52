// The events of a run: what the journal keeps, in the order it happened. Append only; a field once written keeps its meaning.

import type { Json, JsonObject } from '../base/index.ts';
import type { Level } from '../diagnostic/index.ts';
import type { RunState, StepState } from './state.ts';

export type Effect = 'read' | 'maintain' | 'change' | 'destroy' | 'external';

/** A failure as it is kept: the four parts, already masked. */
export interface RecordedFailure {
  readonly code: string;
  readonly message: string;
  /** `file:line:col` */
  readonly place?: string;
  readonly state?: string;
  readonly fix?: string;
}

/** How long the machine had been up, since which start: what no setting of a clock moves. */
export interface RecordedUptime {
  readonly boot: string;
  readonly ms: number;
}

export interface RecordedTarget {
  readonly name: string;
  readonly driver: string;
  readonly realPath: string;
  readonly device: string;
  readonly inode: string;
  readonly sizeBytes: number;
}

/** What git said of a file that made the run, when it started. */
export interface RecordedSource {
  /** Absolute. */
  readonly path: string;
  /** The commit that was checked out. */
  readonly commit?: string;
  /** The file is not what that commit holds, or is not in it. */
  readonly isDirty?: boolean;
  /** Why nothing is known; then the other two are absent. */
  readonly unknown?: string;
}

/** One fact in numbers that a summary shows, such as rows deleted or bytes given back. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'rows' | 'bytes' | 'ms' | 'count' | 'share';
  /** The table, when it is about one. */
  readonly subject?: string;
}

/** Everything that is durable. `at` is added by the journal. */
export type JournalEvent =
  | {
      readonly type: 'run-started';
      readonly runbook: string;
      readonly title: string;
      /** Relative to the project. */
      readonly file: string;
      readonly digest: string;
      readonly command: readonly string[];
      readonly workingFolder: string;
      readonly environment?: string;
      /** Resolved, masked. */
      readonly params: JsonObject;
      readonly targets: readonly RecordedTarget[];
      /** Ids in the order they will run, with what a reader needs later. */
      readonly steps: readonly RecordedStep[];
      readonly operator: string;
      /** Effective, and of the person behind `sudo`. */
      readonly uid?: number;
      readonly sudoUid?: number;
      readonly host: string;
      readonly up?: RecordedUptime;
      readonly pid: number;
      /** Kernel start time of the process, so that a reused pid is not mistaken for it. */
      readonly processStart: string;
      readonly version: string;
      /** Pinned copies of every file the run compiled: path, sha256, text. */
      readonly files: readonly {
        readonly path: string;
        readonly sha256: string;
        readonly text: string;
        /** The folder that was pinned whole. */
        readonly folder?: string;
      }[];
      /** The same files, belay.yaml and the params file, as git knows them. */
      readonly sources?: readonly RecordedSource[];
      /** It ran a plan made before. */
      readonly isPlanned?: boolean;
    }
  | { readonly type: 'lease-taken'; readonly target: string; readonly path: string; readonly token: number }
  | { readonly type: 'lease-released'; readonly target: string; readonly path: string }
  | {
      /** A process that may touch a target; recovery proves it dead. */
      readonly type: 'process-started';
      readonly role: 'sql' | 'program';
      readonly pid: number;
      readonly processStart: string;
      readonly group: number;
      readonly target?: string;
      readonly step?: string;
    }
  | {
      readonly type: 'precondition-checked';
      readonly step: string;
      readonly result: 'met' | 'unmet' | 'error';
      readonly message?: string;
      readonly failure?: RecordedFailure;
      readonly outputs?: JsonObject;
    }
  | { readonly type: 'step-skipped'; readonly step: string; readonly reason: string }
  | {
      readonly type: 'for-each-resolved';
      readonly step: string;
      readonly keys: readonly string[];
      readonly items: readonly Json[];
    }
  | {
      readonly type: 'attempt-started';
      /** `step` or `step[key]`. */
      readonly step: string;
      readonly attempt: number;
      readonly action: string;
      readonly effect: Effect;
      readonly isIdempotent: boolean;
      /** Resolved `with`, masked. */
      readonly with: JsonObject;
    }
  | {
      /** Durable before the COMMIT it announces; only then may the child commit. */
      readonly type: 'commit-announced';
      readonly step: string;
      readonly target: string;
      readonly effect: Effect;
      /** Rows changed by the transaction. */
      readonly rows: number;
      /** Changeset kept in the journal's blob table under this id; absent when none could be recorded. */
      readonly changeset?: { readonly sha256: string; readonly sizeBytes: number };
      /** Why there is none. */
      readonly withoutChangeset?: string;
      readonly foreignWrites: 'none' | 'proven' | 'unknown';
      /** No transaction: the files of the target are moved, or a new one gets its name. */
      readonly files?: MovedFiles;
      /** Columns of the tables written, in order: a changeset has no names. */
      readonly columns?: Readonly<Record<string, readonly string[]>>;
      /** `sqlite_sequence` of the tables written, before and after. */
      readonly sequences?: {
        readonly before: Readonly<Record<string, number>>;
        readonly after: Readonly<Record<string, number>>;
      };
    }
  /** Durable before settings of the file are changed. */
  | {
      readonly type: 'settings-announced';
      readonly step: string;
      readonly target: string;
      readonly before: FileSettings;
      readonly after: FileSettings;
    }
  /** Durable before a program starts that may change the target. */
  | { readonly type: 'target-touched'; readonly step: string; readonly target: string }
  /** Others committed to it while the program of a step ran that does not name it in `touches`. */
  | { readonly type: 'written-meanwhile'; readonly step: string; readonly target: string }
  | {
      readonly type: 'committed';
      readonly step: string;
      readonly target: string;
      /** What identifies this commit as the last one in the file; absent when another may have followed at once. */
      readonly mark?: string;
      /** Sequence of the announcement; without it the last open one of the step for the target. */
      readonly announcement?: number;
    }
  | {
      /** What was announced is proven not to be in the file: it was rolled back, or never began. */
      readonly type: 'commit-withdrawn';
      readonly step: string;
      readonly target: string;
      /** Sequence of the announcement; without it the last open one of the step for the target. */
      readonly announcement?: number;
    }
  | {
      readonly type: 'backup-created';
      readonly step: string;
      readonly target: string;
      readonly backup: string;
      /** The backup's folder. */
      readonly path: string;
      readonly sizeBytes: number;
      readonly contentHash: string;
      readonly verified: string;
    }
  | {
      readonly type: 'backup-removed';
      readonly step: string;
      readonly backup: string;
      readonly reason: string;
    }
  | {
      readonly type: 'attempt-finished';
      readonly step: string;
      readonly attempt: number;
      readonly state: Extract<StepState, 'succeeded' | 'failed' | 'errored' | 'cancelled'>;
      readonly durationMs: number;
      readonly outputs?: JsonObject;
      readonly measures?: readonly Measure[];
      readonly failure?: RecordedFailure;
    }
  | {
      readonly type: 'retry-scheduled';
      readonly step: string;
      readonly attempt: number;
      readonly dueAt: string;
    }
  | {
      readonly type: 'step-finished';
      readonly step: string;
      readonly state: Extract<StepState, 'succeeded' | 'failed' | 'errored' | 'cancelled'>;
      readonly attempts: number;
      readonly durationMs: number;
      readonly outputs?: JsonObject;
      readonly failure?: RecordedFailure;
      /** True when `onFailure: continue` lets the run go on. */
      readonly isContinued?: boolean;
    }
  | { readonly type: 'warning'; readonly step?: string; readonly message: string }
  | { readonly type: 'outputs-decided'; readonly outputs: JsonObject }
  | { readonly type: 'signal-received'; readonly signal: string; readonly decision: string }
  | {
      readonly type: 'gate-asked';
      readonly step: string;
      readonly kind: 'confirm' | 'approval';
      /** Resolved and masked, as shown. */
      readonly message: string;
      /** What has to be typed. */
      readonly expect?: string;
      /** The step's preview at this moment. */
      readonly lines: readonly string[];
      /** sha256 over run, step, resolved values and preview: a decision is bound to it. */
      readonly digest: string;
      readonly expiresAt: string;
      readonly askedUp?: RecordedUptime;
      readonly approvers?: readonly string[];
      readonly minApprovals?: number;
      /** What `now` was for this question, the hash of the inputs that it gave, and the rows that it counted. */
      readonly now?: string;
      readonly inputs?: string;
      readonly rows?: number;
    }
  | {
      readonly type: 'gate-decided';
      readonly step: string;
      readonly decision: 'confirmed' | 'declined' | 'approved' | 'rejected' | 'expired';
      /** OS user, or the fingerprint of an SSH key; `nobody` where no person has answered. */
      readonly by: string;
      readonly host: string;
      /** `typed`, `--yes`, `--confirm`, `os-user`, `ssh-key`, `interrupt`; of nobody `timeout`, `hangup`, `nobody`. */
      readonly how: string;
      readonly digest: string;
      readonly reason?: string;
    }
  /** The run lies still without a process until it is resumed; its leases stay. */
  | { readonly type: 'run-waiting'; readonly step: string; readonly reason: string }
  | {
      readonly type: 'run-resumed';
      readonly operator: string;
      readonly host: string;
      readonly pid: number;
      readonly processStart: string;
      readonly command: readonly string[];
      /** Steps that a person declared done, with the reason. */
      readonly done: readonly { readonly step: string; readonly reason: string }[];
      readonly bypassed: readonly { readonly precondition: string; readonly reason: string }[];
    }
  /** How a service was found, durable before it is told to change, and how it was left. */
  | {
      readonly type: 'service-state';
      readonly step: string;
      readonly service: string;
      readonly when: 'before' | 'after';
      readonly state: 'running' | 'stopped';
    }
  /** From here a failure no longer puts targets back. */
  | { readonly type: 'accepted'; readonly step: string }
  | {
      readonly type: 'rollback-started';
      readonly reason: string;
      readonly operator: string;
      /** Absent: that of the process before. */
      readonly host?: string;
      readonly pid: number;
      readonly processStart: string;
      readonly targets: readonly RollbackDecision[];
    }
  | { readonly type: 'quarantined'; readonly target: string; readonly path: string; readonly backup?: string }
  /** Durable before the effect it announces. */
  | {
      readonly type: 'undo-announced';
      readonly how: 'rows' | 'restore' | 'files' | 'settings' | 'step';
      readonly target?: string;
      readonly step?: string;
      readonly backup?: string;
    }
  | {
      readonly type: 'undone';
      readonly how: 'rows' | 'restore' | 'files' | 'settings' | 'step';
      readonly target?: string;
      readonly step?: string;
      readonly rows?: number;
      /** How it was proven: `content hash`, `rows read back`, the outcome of the step's own undo. */
      readonly proof: string;
    }
  | {
      readonly type: 'undo-failed';
      readonly target?: string;
      readonly step?: string;
      readonly failure: RecordedFailure;
      /** At most 100. */
      readonly conflicts?: readonly Json[];
    }
  | {
      readonly type: 'run-finished';
      readonly up?: RecordedUptime;
      readonly state: RunState;
      readonly exitCode: number;
      /** The state of the data in one sentence. */
      readonly dataState: string;
      readonly failure?: RecordedFailure;
      readonly failedStep?: string;
      readonly outputs?: JsonObject;
      /** One command. */
      readonly next?: string;
    }
  /** Written by the next command that met the run and proved its processes dead. */
  | {
      readonly type: 'run-interrupted';
      readonly foundBy: string;
      readonly lastStep?: string;
      /** On the word of a person: the host of the run, which could not be asked. */
      readonly lostHost?: string;
    }
  | { readonly type: 'run-abandoned'; readonly operator: string; readonly reason: string };

/** What a rollback decided to do with a target, by the least force that is proven. */
export interface RollbackDecision {
  readonly target: string;
  readonly how: 'nothing' | 'rows' | 'restore' | 'files' | 'stop';
  readonly why: string;
  readonly backup?: string;
  /** Of `restore` and `files`: others may have written since, or have. Of `stop`: that is why. */
  readonly foreignWrites?: 'proven' | 'unknown';
  /** Of `files`: the quarantine that is moved back; absent when nothing was there before. */
  readonly folder?: string;
  /** Of `stop`: no choice of a person changes it. */
  readonly isForGood?: boolean;
  /** Settings of its file that go back as well, such as `page_size: 8192 → 4096`. */
  readonly settings?: readonly string[];
}

/** What a database file keeps beside its content. `wal` or not is in the file; the other modes are a connection's own. */
export interface FileSettings {
  readonly journalMode: string;
  /** `none`, `full` or `incremental`. */
  readonly autoVacuum: string;
  readonly pageSize: number;
}

export interface MovedFiles {
  readonly move: 'aside' | 'back' | 'placed';
  /** The quarantine. */
  readonly folder?: string;
}

export interface RecordedStep {
  readonly id: string;
  readonly kind: 'engine' | 'precondition' | 'step' | 'always';
  readonly title: string;
  readonly action?: string;
  readonly effect: Effect;
  readonly target?: string;
  /** `file:line` */
  readonly place: string;
}

/** Shown, never kept. */
export type LiveEvent =
  | {
      readonly type: 'progress';
      readonly step: string;
      readonly message?: string;
      readonly done?: number;
      readonly total?: number;
      readonly unit?: 'pages' | 'bytes' | 'rows' | 'chunks' | 'tables';
    }
  | {
      readonly type: 'step-output';
      readonly step: string;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    };

export type RunEvent = JournalEvent | LiveEvent;

export function isLive(event: RunEvent): event is LiveEvent {
  return event.type === 'progress' || event.type === 'step-output';
}

/** An event as the journal gives it back. */
export interface StoredEvent {
  /** Position in the whole journal, from 1, without gaps. */
  readonly sequence: number;
  readonly runId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly event: JournalEvent;
  /** sha256 over the previous hash and this event (docs/decisions). */
  readonly hash: string;
}

export type NoteLevel = Level;
