// What the earlier processes of a run saw last of a target, from the run's events alone. Pure.

import type { StoredEvent } from '../journal/index.ts';
import type { LastSeen } from '../target/index.ts';

/** Undefined when the run has committed nothing to it since the last `accept`: then there is nothing to attribute. */
export function lastSeen(events: readonly StoredEvent[], target: string): LastSeen | undefined {
  let seen: LastSeen | undefined;
  for (const { event } of events) {
    switch (event.type) {
      case 'commit-announced':
        if (event.target === target) seen = { ...seen, isInDoubt: true };
        break;
      case 'commit-withdrawn':
        // One that is settled later says nothing of what came after it.
        if (event.target === target && event.announcement === undefined)
          seen &&= { ...seen, isInDoubt: false };
        break;
      case 'committed':
        if (event.target === target)
          seen = { isInDoubt: false, ...(event.mark === undefined ? {} : { mark: event.mark }) };
        break;
      case 'attempt-started':
        // Such work moves the mark without a commit that is announced.
        if (event.effect === 'maintain' && !event.action.startsWith('backup.'))
          seen &&= { isInDoubt: seen.isInDoubt };
        break;
      case 'target-touched':
      case 'undo-announced':
        if (event.target === target) seen &&= { isInDoubt: seen.isInDoubt };
        break;
      case 'accepted':
        seen = undefined;
    }
  }
  return seen;
}
