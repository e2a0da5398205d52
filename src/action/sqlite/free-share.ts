// How much of a database is free pages.

import type { TargetFacts } from '../../target/index.ts';

/** 0 to 1. Of the pages, not of the file: pages may still be in the write-ahead log only. */
export function freeShare(facts: TargetFacts): number {
  const total = facts.pageCount * facts.pageSize;
  return total === 0 ? 0 : Math.min(1, facts.freeBytes / total);
}
