// The newest backup that fits, and why newer ones do not.

import { isFromFuture } from './from-future.ts';
import type { BackupEntry } from './manifest.ts';
import { quarantineLabel } from './own-copy.ts';

/** What is searched: an entry, perhaps with more beside it. */
export interface Candidate {
  readonly entry: BackupEntry;
}

export interface FindOptions<C extends Candidate = Candidate> {
  /** Instants; the backup is strictly older than `before`, strictly newer than `after`. */
  readonly before?: Date;
  readonly after?: Date;
  readonly label?: string;
  readonly now: Date;
  /** Present for `verify: full`: the artifact is read before it is offered. */
  readonly verify?: (found: C) => Promise<{ readonly problems: readonly string[] }>;
}

export interface FindResult {
  readonly backup?: BackupEntry;
  /** Milliseconds since the backup was taken. */
  readonly ageMs?: number;
  /** Newest first: what was looked at and passed over. */
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
}

/** Looks from the newest on. One from the future is passed over: it would be the newest for as long as nobody looks. */
export async function findBackup<C extends Candidate>(
  candidates: readonly C[],
  options: FindOptions<C>,
): Promise<FindResult> {
  const rejected: { id: string; reason: string }[] = [];
  for (const found of [...candidates].sort(newestFirst)) {
    const reason = rejection(found.entry, options) ?? (await fullRejection(found, options));
    if (reason === undefined) {
      const ageMs = options.now.getTime() - Date.parse(found.entry.createdAt);
      return { backup: found.entry, ageMs, rejected };
    }
    rejected.push({ id: found.entry.id, reason });
  }
  return { rejected };
}

function rejection(
  entry: BackupEntry,
  { before, after, label, now }: Omit<FindOptions, 'verify'>,
): string | undefined {
  const takenAt = Date.parse(entry.createdAt);
  if (entry.label === quarantineLabel && label !== quarantineLabel)
    return 'it holds what a rollback took away';
  if (entry.verified === 'no') return entry.problem ?? 'it is not verified';
  if (isFromFuture(entry, now))
    return `dated in the future (${entry.createdAt}): how old it is cannot be told`;
  if (label !== undefined && entry.label !== label)
    return entry.label === null
      ? `it has no label, expected \`${label}\``
      : `its label is \`${entry.label}\`, expected \`${label}\``;
  if (before && takenAt >= before.getTime())
    return `taken ${entry.createdAt}, not before ${before.toISOString()}`;
  if (after && takenAt <= after.getTime())
    return `taken ${entry.createdAt}, not after ${after.toISOString()}`;
  return undefined;
}

async function fullRejection<C extends Candidate>(
  found: C,
  options: FindOptions<C>,
): Promise<string | undefined> {
  const verified = await options.verify?.(found);
  return verified?.problems[0];
}

function newestFirst({ entry: a }: Candidate, { entry: b }: Candidate): number {
  const difference = Date.parse(b.createdAt) - Date.parse(a.createdAt);
  if (difference !== 0) return difference;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
