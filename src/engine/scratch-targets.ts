// Scratch targets: empty databases in the run's own temporary folder, which goes at the end whatever happens. No lease, no
// backup, no record of commits: there is nobody to protect them from, and nothing to put back.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import type { TargetSpec } from '../target/index.ts';
import type { RunRequest } from './request.ts';

export function createScratchTargets({ resolved, driver }: RunRequest, scratchFolder: string): TargetSpec[] {
  if (resolved.scratch.length === 0) return [];
  const folder = join(scratchFolder, 'targets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return resolved.scratch.map((declared) => {
    const spec = { ...declared, path: join(folder, `${declared.name}.db`) };
    driver.create(spec);
    return spec;
  });
}

/** Fails with `run/scratch-gone`: what earlier steps left in scratch targets went with their process. */
export function refuseResumeOfScratch({ resolved, continues }: RunRequest): void {
  const [first] = resolved.scratch;
  if (continues?.kind !== 'resume' || first === undefined) return;
  throw new Failure(
    'run/scratch-gone',
    `run \`${continues.view.id}\` cannot be resumed: its scratch target \`${first.name}\` is gone`,
    {
      state: 'nothing was changed by this command',
      fix: `belay rollback ${continues.view.id} --dry-run`,
    },
  );
}
