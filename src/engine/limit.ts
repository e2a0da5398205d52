// Stopping: one signal for an attempt, made of its timeout, the whole run's, and the operator's Ctrl-C.

import { formatDuration } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';

/** Why the operator's signal aborts; the reason of `RunOptions.interrupt`. */
export interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
}

/** Runs `work` with a signal that aborts after `timeoutMs`, when given, or with any of `others`. */
export async function withLimit<T>(
  timeoutMs: number | undefined,
  others: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => controller.abort(timeoutFailure(timeoutMs)), Math.min(timeoutMs, 2 ** 31 - 1));
  const signal = AbortSignal.any([controller.signal, ...others]);
  try {
    signal.throwIfAborted();
    return await work(signal);
  } catch (error) {
    // What the work says of being stopped matters less than why it was stopped.
    if (signal.aborted && signal.reason instanceof Failure) throw signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export function timeoutFailure(timeoutMs: number, what = 'the step'): Failure {
  return new Failure(
    'run/timeout',
    `${what} took longer than its \`timeout\` of ${formatDuration(timeoutMs)} and was stopped`,
    {
      fix: 'raise `timeout`, or find out why it takes so long',
    },
  );
}

export function interruptedFailure(interruption: Interruption): Failure {
  const code = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  return new Failure('run/interrupted', `interrupted by ${interruption.signal}`, {
    exit: code[interruption.signal],
  });
}

/** Waits, or rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
