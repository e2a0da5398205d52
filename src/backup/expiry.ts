// Retention as a pure function: which backups a policy keeps, and why (docs/decisions/0004-retention.md). restic's rules;
// never removes the newest verified backup, a pinned one, or one it cannot judge.

import type { ExpiryDecision, KeepPolicy } from '../action/action.ts';
import { formatDuration } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { isFromFuture } from './from-future.ts';
import type { BackupEntry } from './manifest.ts';

type CountedRule = Exclude<keyof KeepPolicy, 'within'>;

/** The period that an instant falls into, in UTC; a rule keeps the newest backup of each of its last n periods. */
const periods: Readonly<Record<CountedRule, (at: Date, position: number) => string>> = {
  last: (_, position) => String(position),
  hourly: (at) => at.toISOString().slice(0, 13),
  daily: (at) => at.toISOString().slice(0, 10),
  weekly: isoWeek,
  monthly: (at) => at.toISOString().slice(0, 7),
  yearly: (at) => at.toISOString().slice(0, 4),
};
const countedRules = Object.keys(periods) as CountedRule[];

/**
 * One decision per entry, newest first. `pinned` maps ids to the reason they are needed.
 *
 * Fails with `backup/empty-keep` when no rule keeps anything.
 */
export function planExpiry(
  entries: readonly BackupEntry[],
  keep: KeepPolicy,
  now: Date,
  pinned: ReadonlyMap<string, string> = new Map(),
): ExpiryDecision[] {
  requireRule(keep);
  const sorted = [...entries].sort(newestFirst);
  const counted = sorted.filter((entry) => entry.verified !== 'no' && !isFromFuture(entry, now));
  const newestVerified = sorted.find((entry) => entry.verified !== 'no');
  const byRule = ruleReasons(counted, keep);
  return sorted.map((entry) => {
    const reasons = [...(byRule.get(entry) ?? [])];
    if (entry === newestVerified) reasons.push('newest verified');
    const pin = pinned.get(entry.id);
    if (pin !== undefined) reasons.push(`pinned by ${pin}`);
    if (entry.verified === 'no') reasons.push('not verified: neither counted nor removed');
    else if (isFromFuture(entry, now)) reasons.push('dated in the future: neither counted nor removed');
    if (reasons.length > 0) return { entry, action: 'keep', reasons };
    return { entry, action: 'remove', reasons: ['no rule keeps it'] };
  });
}

/** As restic: walks from the newest, and gives the oldest backup to a rule that has counts left. */
function ruleReasons(counted: readonly BackupEntry[], keep: KeepPolicy): Map<BackupEntry, string[]> {
  const reasons = new Map<BackupEntry, string[]>();
  const add = (entry: BackupEntry, reason: string) =>
    reasons.set(entry, [...(reasons.get(entry) ?? []), reason]);
  for (const rule of countedRules) {
    const limit = keep[rule] ?? 0;
    let used = 0;
    let last: string | undefined;
    for (const [position, entry] of counted.entries()) {
      if (used === limit) break;
      const period = periods[rule](new Date(entry.createdAt), position);
      const isNew = period !== last;
      if (!isNew && position !== counted.length - 1) continue;
      used++;
      last = period;
      add(entry, isNew ? `${rule} ${used} of ${limit}` : `oldest, ${rule} ${used} of ${limit}`);
    }
  }
  const newest = counted[0];
  if (keep.within && newest) {
    const from = Date.parse(newest.createdAt) - keep.within;
    for (const entry of counted)
      if (Date.parse(entry.createdAt) > from) add(entry, `within ${formatDuration(keep.within)}`);
  }
  return reasons;
}

function requireRule(keep: KeepPolicy): void {
  const values = Object.values(keep).filter((value) => value !== undefined);
  const isValid = values.every((value) => Number.isFinite(value) && value >= 0);
  if (isValid && values.some((value) => value > 0)) return;
  throw new Failure('backup/empty-keep', 'the retention policy has no rule that keeps anything', {
    state: 'no backup was removed',
    fix: 'say what to keep, such as `keep: {last: 30}`',
  });
}

/** ISO 8601 year and week: the week belongs to the year of its Thursday. */
function isoWeek(at: Date): string {
  const thursday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const firstDay = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - firstDay) / 86_400_000 + 1) / 7);
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

function newestFirst(a: BackupEntry, b: BackupEntry): number {
  const difference = Date.parse(b.createdAt) - Date.parse(a.createdAt);
  if (difference !== 0) return difference;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
