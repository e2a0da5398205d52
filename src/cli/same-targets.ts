// Whether the files of a run that waited or died are still those that it began with. By name only: nothing is opened.

import { statSync } from 'node:fs';
import { Failure } from '../diagnostic/index.ts';
import type { RunView } from '../journal/index.ts';

/** These put another file in the place of a target themselves. */
const replacing: ReadonlySet<string> = new Set(['backup.quarantine', 'backup.restore']);

/** Fails with `run/target-replaced`. */
export function assertSameTargets(view: RunView): void {
  const changing = view.steps.filter(
    ({ action, state }) => replacing.has(action ?? '') && state !== 'pending',
  );
  for (const { name, realPath, device, inode } of view.targets) {
    const wasAbsent = inode === '';
    if (wasAbsent || changing.some(({ target }) => target === name)) continue;
    const now = statSync(realPath, { bigint: true, throwIfNoEntry: false });
    if (now !== undefined && String(now.dev) === device && String(now.ino) === inode) continue;
    throw new Failure(
      'run/target-replaced',
      now === undefined
        ? `the database of target \`${name}\`, \`${realPath}\`, is gone`
        : `\`${realPath}\` is another file than the one that run \`${view.id}\` began with`,
      {
        state: 'nothing was done now; what the run did before is in the journal',
        fix: `bring the file back, or give the run up: \`belay abandon ${view.id} --reason …\``,
      },
    );
  }
}
