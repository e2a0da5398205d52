// Seeds and figures of the crash tests.

import type { Random } from './oracle.ts';

export function randomOf(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Shown at once: a long run may not come to its end. */
export function complain(violation: string): string {
  process.stderr.write(`VIOLATION ${violation}\n`);
  return violation;
}

export function say(head: string, counts: ReadonlyMap<string, number>): void {
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, n]) => `${n} × ${key}`);
  process.stderr.write(`${head}; ${parts.join(', ')}\n`);
}

let said = performance.now();

/** Twice a minute, so that a long run that is cut off still gives figures. */
export function sayProgress(line: () => string, rounds?: number): void {
  if (performance.now() - said < 30_000) return;
  said = performance.now();
  process.stderr.write(`… ${line()}${rounds === undefined ? '' : ` of ${rounds} rounds`}\n`);
}
