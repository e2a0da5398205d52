// Puts on record which signals reached a run, and what was decided about them. Decides nothing itself.

import { Failure } from '../diagnostic/index.ts';
import type { Progress } from './execution.ts';
import type { Interruption } from './limit.ts';
import type { Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';

/** Until it is disposed. */
export function noteSignals(
  { interrupt, hangup }: RunRequest,
  recorder: Recorder,
  progress: Progress,
): Disposable {
  const note = (signal: string, decision: string): void => {
    try {
      recorder.record({ type: 'signal-received', signal, decision });
    } catch (error) {
      // Thrown from here it would end the process; the next event meets the same journal and ends the run in order.
      if (!(error instanceof Failure)) throw error;
    }
  };
  const onInterrupt = (): void =>
    note(
      (interrupt.reason as Interruption).signal,
      progress.isRollingBack
        ? `the rollback goes on; another one leaves it to \`belay rollback ${recorder.runId}\``
        : 'the step at work is stopped, and the run ends',
    );
  const onHangup = (): void => note('SIGHUP', 'the terminal is gone; the run goes on without it');
  interrupt.addEventListener('abort', onInterrupt, { once: true });
  hangup?.addEventListener('abort', onHangup, { once: true });
  return {
    [Symbol.dispose]() {
      interrupt.removeEventListener('abort', onInterrupt);
      hangup?.removeEventListener('abort', onHangup);
    },
  };
}
