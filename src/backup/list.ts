// Listing stores: works with a folder alone, without any state.

import { nearestName } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Store } from '../store/index.ts';
import { type FoundBackup, readBackup } from './read-backup.ts';

/** All backups, of these groups when they are given; newest first. */
export async function listBackups(store: Store, groups?: readonly string[]): Promise<FoundBackup[]> {
  const found: FoundBackup[] = [];
  for (const group of groups ?? (await store.groups())) {
    for (const id of await store.entries(group)) found.push(await readBackup(store, group, id));
  }
  return found.sort(newestFirst);
}

/** Fails with `backup/not-found`. An id is never replaced by another. */
export async function locateBackup(stores: readonly Store[], id: string): Promise<FoundBackup> {
  const known: string[] = [];
  for (const store of stores) {
    for (const group of await store.groups()) {
      const ids = await store.entries(group);
      if (ids.includes(id)) return readBackup(store, group, id);
      known.push(...ids);
    }
  }
  const near = nearestName(id, known);
  const places = stores.map((store) => `\`${store.location}\``).join(', ');
  throw new Failure('backup/not-found', `there is no backup \`${id}\` in ${places || 'any store'}`, {
    state: 'nothing was changed',
    fix: near ? `did you mean \`${near}\`?` : 'list them with `belay backup list`',
  });
}

/** Fails with `backup/newer-format` or `backup/damaged` when the backup cannot be used as far as a listing can tell. */
export function usableManifest(found: FoundBackup): NonNullable<FoundBackup['manifest']> {
  const { entry, manifest, isNewer } = found;
  if (manifest && entry.verified !== 'no') return manifest;
  throw new Failure(
    isNewer ? 'backup/newer-format' : 'backup/damaged',
    `backup \`${entry.id}\` cannot be used: ${entry.problem ?? 'it is not verified'}`,
    {
      state: 'nothing was changed',
      fix: isNewer
        ? `use a newer Belay, or follow \`${entry.path}/RESTORE.txt\``
        : 'choose another with `belay backup list`',
    },
  );
}

function newestFirst(a: FoundBackup, b: FoundBackup): number {
  const [x, y] = [a.entry, b.entry];
  if (x.createdAt !== y.createdAt) return x.createdAt < y.createdAt ? 1 : -1;
  return x.id < y.id ? 1 : x.id > y.id ? -1 : 0;
}
