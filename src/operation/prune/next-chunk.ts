// How many rows the next transaction of a prune takes.

export const firstChunk = 500;
const smallest = 10;
const largest = 100_000;

/** Halves what held the lock too long, doubles what held it for less than half of the target. */
export function nextChunk(rows: number, lockedMs: number, lockTargetMs: number): number {
  if (lockedMs > lockTargetMs) return Math.max(smallest, Math.floor(rows / 2));
  if (lockedMs < lockTargetMs / 2) return Math.min(largest, rows * 2);
  return rows;
}
