// Comments that silence `belay lint`: the one comment that changes something, what a policy with `lint` refuses.

import type { Source } from '../../document/index.ts';
import { ignoresIn } from '../lint/index.ts';
import { type Change, change } from './change.ts';
import { show, showAll } from './show.ts';

export function compareIgnores(old: Source | undefined, now: Source | undefined): Change[] {
  const [known, ignores] = [ignored(old).map(saidBy), ignored(now)];
  return ignores.flatMap((ignore) => {
    const at = known.indexOf(saidBy(ignore));
    if (at >= 0) {
      known.splice(at, 1);
      return [];
    }
    const message = `lint no longer tells of ${showAll(ignore.rules)} here: ${show(ignore.reason)}`;
    return [change('check-weakened', 'caution', message, { new: ignore.place })];
  });
}

function ignored(source: Source | undefined): ReturnType<typeof ignoresIn> {
  return source === undefined ? [] : ignoresIn(source.file, source.text, 'yaml');
}

function saidBy({ rules, reason }: ReturnType<typeof ignoresIn>[number]): string {
  return JSON.stringify([[...rules].sort(), reason]);
}
