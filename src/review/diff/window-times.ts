// The times of `policy.windows` as minutes of a week, for saying whether some were added. Says nothing across time zones.

import { type PolicyWindow, weekdays } from '../../project/index.ts';
import { isSame } from './normal-value.ts';

const day = 24 * 60;

/** True: a run may start at a time at which it was refused; undefined: the zones differ. */
export function opensMore(old: unknown, now: unknown): boolean | undefined {
  if (now === undefined) return true;
  if (old === undefined) return false;
  const [before, after] = [old, now] as [PolicyWindow[], PolicyWindow[]];
  if (before.every((each) => after.some((other) => isSame(each, other)))) return true;
  if (after.every((each) => before.some((other) => isSame(each, other)))) return false;
  const zones = new Set([...before, ...after].map(({ zone }) => zone));
  if (zones.size !== 1) return undefined;
  const open = minutesOf(before);
  return [...minutesOf(after)].some((minute) => !open.has(minute));
}

function minutesOf(windows: readonly PolicyWindow[]): Set<number> {
  const found = new Set<number>();
  for (const { days, from, to } of windows)
    for (const name of days ?? weekdays) {
      const start = weekdays.indexOf(name) * day + clock(from);
      const length = clock(to) - clock(from);
      for (let minute = 0; minute < (length > 0 ? length : length + day); minute++)
        found.add((start + minute) % (7 * day));
    }
  return found;
}

function clock(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
