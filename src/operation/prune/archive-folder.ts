// Where the archive of one step lies: a folder of its own for each run and step, so that a plan need not know the run.

import { basename, join } from 'node:path';

/** `<to>/<run>/<step>`; a `to` that ends in the run already is not given it twice. */
export function archiveFolder(to: string, runId: string, stepId: string): string {
  // The key of an item can be any text: `step[key]`.
  const step = encodeURIComponent(stepId).replaceAll('%5B', '[').replaceAll('%5D', ']').slice(0, 200);
  return basename(to) === runId ? join(to, step) : join(to, runId, step);
}
