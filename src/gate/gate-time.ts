// Whether a question may still be answered. What is not known counts as too late: a clock that was set back never gives an
// approval more time than it was given, and one that was set forward takes it away.

import { elapsedMs } from '../process/index.ts';
import type { ApprovalQuestion } from './inbox.ts';

/** `unknown`: the clock says that it was not even asked yet, and the machine was started anew since. */
export type GateTime = 'left' | 'over' | 'unknown';

export function gateTime(
  { expiresAt, timeoutMs, askedUp }: Pick<ApprovalQuestion, 'expiresAt' | 'timeoutMs' | 'askedUp'>,
  now: Date,
  waitedMs = elapsedMs(askedUp),
): GateTime {
  const untilMs = Date.parse(expiresAt) - now.getTime();
  if (untilMs <= 0) return 'over';
  if (waitedMs !== undefined) return waitedMs < timeoutMs ? 'left' : 'over';
  return untilMs > timeoutMs ? 'unknown' : 'left';
}

/** Where the clock does not say that the time is over: why it counts as over. */
export function setBackWords(
  { expiresAt }: Pick<ApprovalQuestion, 'expiresAt'>,
  now: Date,
  time: GateTime,
): string {
  if (now.getTime() >= Date.parse(expiresAt)) return '';
  const unknown = time === 'unknown' ? ', and nobody can tell how long ago that is' : '';
  return `; the clock was set back since it was asked${unknown}`;
}
