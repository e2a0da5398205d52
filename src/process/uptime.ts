// How long the machine has been up: a clock that nobody sets. It counts sleep, and means nothing after the next start.

import { uptime as secondsUp } from 'node:os';
import { bootId } from './identity.ts';

export interface Uptime {
  readonly boot: string;
  readonly ms: number;
}

/** Undefined where the kernel does not say which start of the machine this is. */
export function uptime(): Uptime | undefined {
  const boot = bootId();
  return boot === undefined ? undefined : { boot, ms: Math.round(secondsUp() * 1000) };
}

/** Undefined when the machine was started anew since, or cannot say. */
export function elapsedMs(since: Uptime | undefined, now = uptime()): number | undefined {
  if (since === undefined || since.boot !== now?.boot || now.ms < since.ms) return undefined;
  return now.ms - since.ms;
}

/** As the events of a run keep it. */
export function upNow(): { readonly up?: Uptime } {
  const up = uptime();
  return up === undefined ? {} : { up };
}
