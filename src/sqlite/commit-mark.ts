// What identifies the last commit in a database file, as text that can be kept, and what two such texts say of the time
// between them. Pure: reading one is the engine's work, because in the child a closed descriptor would drop SQLite's locks.

/**
 * `wal:<checksum and salts>:<frames>`: the frames of the -wal up to its last commit, which the checksum covers.
 * `rest:<counter>:<bytes>:<nanoseconds>`: WAL mode with an empty -wal: change counter, size and time of the main file.
 * `rollback:<counter>`: every commit in rollback mode moves the change counter.
 */
export type CommitMark = string;

export interface WalMark {
  readonly salts: string;
  readonly frames: number;
}

/** Whether others have committed between two marks, when nothing of ours did. */
export function compareMarks(last: CommitMark, now: CommitMark): 'none' | 'proven' | 'unknown' {
  if (last === now) return 'none';
  const [before, after] = [kindOf(last), kindOf(now)];
  // A -wal that was emptied shows nothing of what it held before.
  if (after === 'rest')
    return before === 'rest' && last.split(':')[1] !== now.split(':')[1] ? 'proven' : 'unknown';
  if (after === 'rollback') return before === 'rollback' ? 'proven' : 'unknown';
  if (before === 'rollback') return 'unknown';
  const [old, current] = [walMark(last), walMark(now)];
  const hasLost =
    old !== undefined && current !== undefined && old.salts === current.salts && current.frames <= old.frames;
  return hasLost ? 'unknown' : 'proven';
}

/** In rollback mode: exactly one commit lies between the two. */
export function isNextChange(before: CommitMark | undefined, now: CommitMark | undefined): boolean {
  const counter = (mark: CommitMark | undefined): number => Number(mark?.match(/^rollback:(\d+)$/)?.[1]);
  return counter(now) === counter(before) + 1;
}

/** Undefined for a mark without frames in a -wal. */
export function walMark(mark: CommitMark): WalMark | undefined {
  const [kind, sums = '', frames] = mark.split(':');
  return kind === 'wal' ? { salts: sums.slice(16), frames: Number(frames) } : undefined;
}

function kindOf(mark: CommitMark): string {
  return mark.slice(0, mark.indexOf(':'));
}
