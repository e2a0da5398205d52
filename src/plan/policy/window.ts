// The times at which a policy lets a run start.

import { wallClock } from '../../expression/index.ts';
import { type PolicyWindow, weekdays } from '../../project/index.ts';

export function isInWindow({ days, from, to, zone }: PolicyWindow, at: Date): boolean {
  const { year, month, day, hour, minute } = wallClock(at.getTime(), zone);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const begins = (index: number): boolean => {
    const name = weekdays[(index + 7) % 7];
    return days === undefined || (name !== undefined && days.includes(name));
  };
  const [now, start, end] = [hour * 60 + minute, minutesOf(from), minutesOf(to)];
  if (start < end) return now >= start && now < end && begins(weekday);
  // Over midnight: the early hours belong to the day on which it began.
  return (now >= start && begins(weekday)) || (now < end && begins(weekday - 1));
}

export function windowWords({ days, from, to, zone }: PolicyWindow): string {
  return `${days === undefined ? '' : `${days.join(', ')} `}${from} to ${to} (${zone})`;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
