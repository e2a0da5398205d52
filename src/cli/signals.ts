// Signals of the operator and of the system, as one `AbortSignal` for the engine. Listens only while a run is going on.

import type { Interruption } from '../engine/index.ts';

export interface SignalWatch extends Disposable {
  /** Aborts with an `Interruption` as reason. */
  readonly interrupt: AbortSignal;
}

/**
 * The first SIGINT or SIGTERM interrupts the step at work. Another one calls `onImpatience`: ending the process now
 * would leave unsaid what state the data is in. SIGHUP is let pass: a run outlives its terminal.
 */
export function watchSignals(onImpatience: (signal: string) => void): SignalWatch {
  const controller = new AbortController();
  const interrupt = (signal: Interruption['signal']) => {
    if (controller.signal.aborted) onImpatience(signal);
    else controller.abort({ signal } satisfies Interruption);
  };
  const onInt = () => interrupt('SIGINT');
  const onTerm = () => interrupt('SIGTERM');
  const onHup = () => undefined;
  process.on('SIGINT', onInt).on('SIGTERM', onTerm).on('SIGHUP', onHup);
  return {
    interrupt: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onInt).off('SIGTERM', onTerm).off('SIGHUP', onHup);
    },
  };
}
