// Whether somebody has a target of a run at this moment, seen or unseen: the lock of the kernel says so.

import { Failure } from '../diagnostic/index.ts';
import type { RunView } from '../journal/index.ts';
import { inspectLease } from '../lease/index.ts';

export function isHeld({ id, targets, leases }: RunView): boolean {
  return leases.some(({ target }) => {
    const place = targets.find(({ name }) => name === target)?.realPath;
    return place !== undefined && holderOf(place) === id;
  });
}

/** A lease that cannot be looked at is met again by whoever wants it. */
function holderOf(realPath: string): string | undefined {
  try {
    const status = inspectLease(realPath);
    return status.state === 'held' ? status.row.runId : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
