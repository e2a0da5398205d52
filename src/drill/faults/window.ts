// The events that lie within a step, or within a rollback, and the instants between them. Pure.

import type { JournalEvent, StoredEvent } from '../../journal/index.ts';
import type { Instant } from './fault.ts';

/** `step` absent: of the rollback. */
export function isWindowStart(event: JournalEvent, step: string | undefined): boolean {
  if (step === undefined) return event.type === 'rollback-started';
  return event.type === 'attempt-started' && event.step.replace(/\[.*$/s, '') === step;
}

export function isWindowEnd(event: JournalEvent, step: string | undefined): boolean {
  return step === undefined
    ? event.type === 'run-finished'
    : event.type === 'step-finished' && event.step === step;
}

/** From its first event to its last; none when it was never begun. */
export function windowOf(events: readonly StoredEvent[], step: string | undefined): readonly StoredEvent[] {
  const from = events.findIndex(({ event }) => isWindowStart(event, step));
  if (from < 0) return [];
  const rest = events.slice(from);
  const end = rest.findIndex(({ event }) => isWindowEnd(event, step));
  return end < 0 ? rest : rest.slice(0, end + 1);
}

/** Shorter ones are over before a timer comes. */
const leastGapMs = 5;

/**
 * One of the instants inside a window, `random` between 0 and 1: after each event but the last, before each but the
 * first, and somewhere in each long gap. Around a COMMIT lies what is hardest to put back: those count three times.
 */
export function chooseInstant(
  window: readonly StoredEvent[],
  step: string | undefined,
  random: () => number,
): Instant | undefined {
  const instants: Omit<Instant, 'step'>[] = [];
  for (const [i, { event, at }] of window.entries()) {
    const next = window[i + 1];
    if (next === undefined) break;
    const isCommit = event.type === 'commit-announced' || next.event.type === 'committed';
    for (let n = 0; n < (isCommit ? 3 : 1); n++)
      instants.push({ event: i, side: 'after', delayMs: 0 }, { event: i + 1, side: 'before', delayMs: 0 });
    const gapMs = Date.parse(next.at) - Date.parse(at);
    if (gapMs >= leastGapMs)
      instants.push({ event: i, side: 'within', delayMs: Math.floor(random() * gapMs) });
  }
  const chosen = instants[Math.floor(random() * instants.length)];
  return chosen === undefined ? undefined : { ...(step === undefined ? {} : { step }), ...chosen };
}
