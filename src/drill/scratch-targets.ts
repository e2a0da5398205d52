// The copies that a rehearsal works on. The live targets are looked at and read, never opened for writing.

import { mkdir, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { formatSize } from '../base/index.ts';
import { exitCodes, Failure } from '../diagnostic/index.ts';
import { realPathOf, type TargetDriver, type TargetFacts, type TargetSpec } from '../target/index.ts';

export interface ScratchTarget {
  readonly live: TargetSpec;
  /** Of it, before the copy was made. */
  readonly facts: TargetFacts;
  /** The same target, its path that of the copy. */
  readonly copy: TargetSpec;
  /** What the copy was at first; absent when there was no file. */
  readonly before?: string;
  readonly bytesBefore: number;
}

/** Of the sum of all files: two copies, a backup, and what the work itself adds. */
const roomFactor = 3.2;

/**
 * Fails as the run would with the problem of a target that must be sound, with `drill/no-room`, and with
 * `target/not-simulated` when a target does not stand still.
 */
export async function copyTargets(
  specs: readonly TargetSpec[],
  driver: TargetDriver,
  folder: string,
  factor = roomFactor,
): Promise<ScratchTarget[]> {
  const found = new Map<TargetSpec, TargetFacts>();
  for (const spec of specs) found.set(spec, await soundFacts(spec, driver));
  const sizes = [...found.values()].reduce((sum, { sizeBytes, walBytes }) => sum + sizeBytes + walBytes, 0);
  await assertRoom(folder, Math.ceil(sizes * factor));
  const targets: ScratchTarget[] = [];
  for (const [live, facts] of found) {
    const place = join(folder, 'targets', live.name);
    await mkdir(place, { recursive: true, mode: 0o700 });
    if (facts.condition === 'missing') {
      const path = join(place, basename(realPathOf(live.path)));
      targets.push({ live, facts, copy: { ...live, path }, bytesBefore: 0 });
      continue;
    }
    const { path, before } = await driver.copyForRehearsal(live, place);
    targets.push({ live, facts, copy: { ...live, path }, before, bytesBefore: await bytesOf(path) });
  }
  return targets;
}

/** Main file and -wal. */
export async function bytesOf(path: string): Promise<number> {
  const sizes = [path, `${path}-wal`].map((each) =>
    stat(each).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function soundFacts(spec: TargetSpec, driver: TargetDriver): Promise<TargetFacts> {
  const facts = await driver.probe(spec);
  const { problem } = facts;
  if (problem === undefined || spec.expect === 'any') return facts;
  throw new Failure(problem.code, problem.message, {
    state: 'nothing was started; the targets are as before',
    exit: exitCodes.refused,
    ...(problem.fix === undefined ? {} : { fix: problem.fix }),
  });
}

async function assertRoom(folder: string, need: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (need <= free) return;
  throw new Failure(
    'drill/no-room',
    `the rehearsal needs ${formatSize(need)} for its copies in \`${folder}\`, ${formatSize(free)} are free`,
    {
      state: 'nothing was started; the targets are as before',
      fix: 'free some room, or set TMPDIR to a larger file system',
    },
  );
}
