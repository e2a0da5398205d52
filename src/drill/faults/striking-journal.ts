// A journal that ends this process, or the one that does its SQL, at an instant that was chosen before: directly before or
// after an event is on disk, or in between. Everything else it does is what the journal below does.

import type { Journal, JournalEvent, StoredEvent } from '../../journal/index.ts';
import { isSameProcess } from '../../process/index.ts';
import type { Strike } from './fault.ts';
import { isWindowEnd, isWindowStart } from './window.ts';

export interface Striking {
  readonly journal: Journal;
  readonly isStruck: () => boolean;
}

export function strikingJournal(
  journal: Journal,
  kill: Strike['kill'],
  onStored: (event: JournalEvent) => void,
): Striking {
  const sqlChildren = new Map<number, string>();
  let index = -1;
  let isStruck = false;
  let timer: NodeJS.Timeout | undefined;

  const strike = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (isStruck || kill === undefined) return;
    if (kill.what === 'engine') process.kill(process.pid, 'SIGKILL');
    for (const [pid, start] of sqlChildren) {
      if (!isSameProcess(pid, start)) continue;
      process.kill(pid, 'SIGKILL');
      isStruck = true;
    }
  };

  const around = (event: JournalEvent, append: () => StoredEvent): StoredEvent => {
    if (event.type === 'process-started' && event.role === 'sql')
      sqlChildren.set(event.pid, event.processStart);
    const isIn = index >= 0 || (kill !== undefined && isWindowStart(event, kill.step));
    if (isIn) index++;
    const isAt = isIn && kill?.event === index;
    if (timer !== undefined || (isAt && kill.side === 'before')) strike();
    const stored = append();
    if (isAt && kill.side === 'after') strike();
    if (isAt && kill.side === 'within') timer = setTimeout(strike, kill.delayMs);
    if (isIn && kill !== undefined && isWindowEnd(event, kill.step)) index = Number.NEGATIVE_INFINITY;
    onStored(event);
    return stored;
  };

  return {
    isStruck: () => isStruck,
    journal: {
      ...journal,
      append: (runId, event) => around(event, () => journal.append(runId, event)),
      appendWithBlob: (runId, event, blob) => around(event, () => journal.appendWithBlob(runId, event, blob)),
    },
  };
}
