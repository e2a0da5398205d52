// The one way from the engine into the journal: a fact is durable first, then it is shown.

import type { Clock } from '../base/index.ts';
import { Failure, systemFailure } from '../diagnostic/index.ts';
import type { Journal, JournalEvent, LiveEvent, RecordedFailure, RunEvent } from '../journal/index.ts';

export interface Recorder {
  readonly runId: string;
  /** Returns once the event is on disk. */
  record(event: JournalEvent): void;
  recordWithBlob(event: JournalEvent, blob: { readonly sha256: string; readonly bytes: Uint8Array }): void;
  /** Shown, never kept. */
  show(event: LiveEvent): void;
}

export function createRecorder(
  runId: string,
  journal: Journal,
  clock: Clock,
  onEvent: (runId: string, event: RunEvent, at: string) => void,
): Recorder {
  return {
    runId,
    record: (event) => {
      const stored = journal.append(runId, event);
      onEvent(runId, event, stored.at);
    },
    recordWithBlob: (event, blob) => {
      const stored = journal.appendWithBlob(runId, event, blob);
      onEvent(runId, event, stored.at);
    },
    show: (event) => onEvent(runId, event, clock.now().toISOString()),
  };
}

/** A failure as the journal keeps it; `mask` hides secrets in every part. */
export function recordedFailure(thrown: unknown, mask: (text: string) => string): RecordedFailure {
  const error = systemFailure(thrown);
  if (error instanceof Failure) {
    const place = error.place;
    return {
      code: error.code,
      message: mask(error.message),
      ...(place === undefined ? {} : { place: `${place.file}:${place.line}:${place.column}` }),
      ...(error.state === undefined ? {} : { state: mask(error.state) }),
      ...(error.fix === undefined ? {} : { fix: mask(error.fix) }),
    };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal/defect', message: mask(message) };
}
