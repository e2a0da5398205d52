// Stopping: one signal for an attempt, made of its timeout, the whole run's, and the operator's Ctrl-C.

import { formatDuration } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';

/** Why the operator's signal aborts; the reason of `RunOptions.interrupt`. */
export interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
}

/** 24 days: a timer of Node that is set to more fires at once. */
export const longestTimerMs = 2 ** 31 - 1;

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
      : setTimeout(() => controller.abort(timeoutFailure(timeoutMs)), Math.min(timeoutMs, longestTimerMs));
  const signal = AbortSignal.any([controller.signal, ...others]);
  try {
    signal.throwIfAborted();
    return await work(signal);
  } catch (error) {
    if (signal.aborted) throw stoppedFailure(signal.reason, error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Why the work was stopped, with what the work says of the state it left: that alone it knows better. What could not
 * be recorded stays what it is.
 */
function stoppedFailure(reason: unknown, error: unknown): unknown {
  const stopped = isInterruption(reason) ? interruptedFailure(reason) : reason;
  if (!(stopped instanceof Failure) || !(error instanceof Failure)) return stopped;
  if (error.code.startsWith('journal/')) return error;
  if (error.state === undefined) return stopped;
  return new Failure(stopped.code, stopped.message, {
    state: error.state,
    ...(stopped.fix === undefined ? {} : { fix: stopped.fix }),
    exit: stopped.exit,
    cause: error,
  });
}

function isInterruption(reason: unknown): reason is Interruption {
  return typeof reason === 'object' && reason !== null && 'signal' in reason;
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
