// Signals of the operator and of the system, as one `AbortSignal` for the engine. Listens only while a run is going on.

import type { Interruption } from '../engine/index.ts';

export interface SignalWatch extends Disposable {
  /** Aborts with an `Interruption` as reason. */
  readonly interrupt: AbortSignal;
  /** Aborted once the terminal is gone. */
  readonly hangup: AbortSignal;
  /** As if the signal had come: from a terminal in raw mode Ctrl-C does not come as one. */
  raise(signal: Interruption['signal']): void;
}

/**
 * The first SIGINT or SIGTERM interrupts the step at work. Another one calls `onImpatience`: ending the process then
 * would leave unsaid what state the data is in, except in a rollback, which can be gone on with. SIGHUP only says that the terminal is gone: a run outlives it.
 */
export function watchSignals(onImpatience: (signal: string, sinceFirstMs: number) => void): SignalWatch {
  const controller = new AbortController();
  let firstAt = 0;
  const interrupt = (signal: Interruption['signal']) => {
    if (controller.signal.aborted) return onImpatience(signal, performance.now() - firstAt);
    firstAt = performance.now();
    controller.abort({ signal } satisfies Interruption);
  };
  const onInt = () => interrupt('SIGINT');
  const onTerm = () => interrupt('SIGTERM');
  const gone = new AbortController();
  const onHup = () => gone.abort();
  // A terminal that has gone away refuses every write; the run goes on, and its record is in the journal.
  const ignore = () => undefined;
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  process.on('SIGINT', onInt).on('SIGTERM', onTerm).on('SIGHUP', onHup);
  return {
    interrupt: controller.signal,
    hangup: gone.signal,
    raise: interrupt,
    [Symbol.dispose]() {
      process.off('SIGINT', onInt).off('SIGTERM', onTerm).off('SIGHUP', onHup);
      process.stdout.off('error', ignore);
      process.stderr.off('error', ignore);
    },
  };
}
