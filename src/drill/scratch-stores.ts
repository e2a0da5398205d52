// The stores of a rehearsal, by name: what it keeps goes into the scratch folder, what is there already can be read.

import { join } from 'node:path';
import { targetGroups } from '../backup/index.ts';
import type { Project } from '../project/index.ts';
import { openLocalStore, type Store } from '../store/index.ts';
import { realPathOf } from '../target/index.ts';
import { type GroupOfCopy, layeredStore } from './layered-store.ts';
import type { ScratchTarget } from './scratch-targets.ts';

export async function scratchStores(
  project: Project,
  targets: readonly Pick<ScratchTarget, 'live' | 'copy'>[],
  folder: string,
): Promise<ReadonlyMap<string, Store>> {
  const copies: GroupOfCopy[] = [];
  for (const { live, copy } of targets) {
    const [own, lives] = [await targetGroups(copy), await targetGroups(live)];
    const realPath = realPathOf(copy.path);
    for (const [i, group] of own.entries()) copies.push({ group, realPath, liveGroup: lives[i] ?? group });
  }
  return new Map(
    Object.values(project.stores).map(({ name, path }) => [
      name,
      layeredStore(openLocalStore(name, join(folder, 'stores', name)), openLocalStore(name, path), copies),
    ]),
  );
}
