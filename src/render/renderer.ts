// The contract of a renderer of runs: a view of events. It owns no state of the run, no order, no signal, no exit.

import type { RunEvent } from '../journal/event.ts';
import type { RunView } from '../journal/replay.ts';

export interface RunRenderer {
  /** One call per event, in order. Must not throw and must not wait. */
  event(runId: string, event: RunEvent, at: string): void;
  /** After the last event: stops drawing, prints the summary; without a view, when the end could not be recorded, none. */
  close(final: RunView | undefined): Promise<void>;
}

export interface Screen {
  /** Columns. */
  readonly width: number;
  readonly hasColor: boolean;
  readonly isInteractive: boolean;
  /** Human text. */
  readonly stderr: NodeJS.WritableStream;
  /** Results. */
  readonly stdout: NodeJS.WritableStream;
}
