// The contract of the journal: what happened, durably, in order.

import type { JournalEvent, StoredEvent } from './event.ts';
import type { RunView } from './replay.ts';

export interface Journal extends Disposable {
  /**
   * Appends and returns once the event is on disk.
   *
   * Invariant: an event that announces an effect is appended before the effect.
   * Fails with `journal/write-failed` (disk full, read-only); nothing has been appended then.
   */
  append(runId: string, event: JournalEvent): StoredEvent;
  /** As `append` with a changeset made durable in the same transaction. */
  appendWithBlob(
    runId: string,
    event: JournalEvent,
    blob: { sha256: string; bytes: Uint8Array },
  ): StoredEvent;
  readBlob(sha256: string): Uint8Array | undefined;
  /** All events of a run in order. */
  events(runId: string): StoredEvent[];
  /** Newest first; by the index kept beside the events. A damaged one among them is as `look` gives it. */
  runs(query?: { failed?: boolean; since?: Date; limit?: number; runbook?: string }): RunView[];
  /** Runs that have not ended, newest first: at work, waiting, or interrupted. */
  unfinished(): RunView[];
  /** To go on with it. Fails with `journal/corrupt` when its events do not say what a run can say. */
  run(runId: string): RunView | undefined;
  /** To look at it, or to give it up: as far as its events can be read, with `damage` where they cannot. */
  look(runId: string): RunView | undefined;
  /** A full id from an id, its unique tail or prefix, or `last`. Fails with `journal/unknown-run` or `journal/ambiguous-run`. */
  resolveRunId(text: string): string;
  head(): { sequence: number; hash: string };
  /** Re-computes the chain. `expectedHead` must be on it. */
  audit(expectedHead?: string): { ok: boolean; events: number; head: string; problem?: string };
}
