// A clock that was set since the last run of this state folder. `now` decides what a retention delete takes, so that a person
// has to see it before a gate is answered; whether the clock was wrong then or is now, nobody here can tell.

import { formatDuration } from '../base/index.ts';
import type { Journal, StoredEvent } from '../journal/index.ts';
import { elapsedMs } from '../process/index.ts';
import type { Execution } from './execution.ts';

/** What clocks of one machine drift apart by, and NTP puts right in small steps. */
const tolerableMs = 5 * 60_000;

/** Once per process of a run, before its preconditions. */
export function warnOfClockJump({ journal, recorder, clock }: Execution, isResumed: boolean): void {
  const earlier = isResumed ? recorder.runId : runBefore(journal, recorder.runId);
  if (earlier === undefined) return;
  const now = clock.now();
  const jumpMs = clockJump(journal.events(earlier), now);
  if (Math.abs(jumpMs) < tolerableMs) return;
  const by = `${jumpMs < 0 ? 'back' : 'forward'} by ${formatDuration(Math.abs(jumpMs))}`;
  const since = isResumed ? 'this run was last at work' : `run ${earlier}`;
  recorder.record({
    type: 'warning',
    message: `the clock was set ${by} since ${since}: it says ${now.toISOString()}, which is what \`now\` means`,
  });
}

/** Whose record can be read. */
function runBefore(journal: Journal, runId: string): string | undefined {
  return journal.runs({ limit: 2 }).find(({ id, damage }) => id !== runId && damage === undefined)?.id;
}

/** Against how long the machine has been up, where it was not started anew; else only a step back can be seen. */
export function clockJump(
  events: readonly StoredEvent[],
  now: Date,
  up?: { boot: string; ms: number },
): number {
  const since = (at: string): number => now.getTime() - Date.parse(at);
  const known = events.findLast(({ event }) => 'up' in event && event.up !== undefined);
  const elapsed = known !== undefined && 'up' in known.event ? elapsedMs(known.event.up, up) : undefined;
  if (known !== undefined && elapsed !== undefined) return since(known.at) - elapsed;
  return events.reduce((least, { at }) => Math.min(least, since(at)), 0);
}
