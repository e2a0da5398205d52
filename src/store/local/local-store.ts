// A store in a folder: `<folder>/<group>/<id>/…`. An entry appears by one rename and disappears by one rename, so that no
// listing ever sees half of it. Knows nothing of what the files mean.

import { mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { Store, StoredFile } from '../store.ts';
import { storeFailure } from '../store-failure.ts';
import { isListed, removedName, removeLeftovers, stagingName } from './staging.ts';
import { syncPath } from './sync-path.ts';

export interface LocalStoreOptions {
  /** A missing folder is an error and not an empty store: for a path that somebody typed. */
  readonly mustExist?: boolean;
  readonly clock?: Clock;
}

const manifestFile = 'manifest.json';

/** Opens nothing and creates nothing until an entry is staged. */
export function openLocalStore(name: string, path: string, options: LocalStoreOptions = {}): Store {
  const clock = options.clock ?? systemClock;
  const reading = <T>(work: () => Promise<T>) => mapped(work, path, 'read');
  const writing = <T>(work: () => Promise<T>) => mapped(work, path, 'write');
  return {
    name,
    location: path,
    groups: () => reading(() => folders(path, options.mustExist ?? false)),
    entries: (group) => reading(() => folders(join(path, checked(group)), false)),
    files: (group, id) => reading(() => filesOf(entryPath(path, group, id))),
    readText: (group, id, file) =>
      reading(() => readFile(join(entryPath(path, group, id), checked(file)), 'utf8')),
    localPath: async (group, id, file) => join(entryPath(path, group, id), checked(file)),
    stage: (group, id) => writing(() => stage(join(path, checked(group)), checked(id), clock)),
    publish: (group, id, staged) => writing(() => publish(entryPath(path, group, id), staged)),
    remove: (group, id) => writing(() => remove(join(path, checked(group)), checked(id), clock)),
    freeBytes: () => reading(() => freeBytes(path)),
  };
}

async function stage(groupFolder: string, id: string, clock: Clock): Promise<string> {
  await mkdir(groupFolder, { recursive: true });
  await removeLeftovers(groupFolder, clock.now().getTime());
  const staged = join(groupFolder, stagingName(id));
  await mkdir(staged, { mode: 0o700 });
  return staged;
}

/**
 * Crash: before the rename the entry does not exist, after it all of it does: every file in it and the folder itself are
 * on disk before the name is.
 */
async function publish(entry: string, staged: string): Promise<void> {
  for (const file of await readdir(staged)) await syncPath(join(staged, file));
  await syncPath(staged);
  if (await exists(entry)) throw Object.assign(new Error(`\`${entry}\` exists`), { code: 'EEXIST' });
  await rename(staged, entry);
  const group = dirname(entry);
  for (const folder of [group, dirname(group)]) await syncPath(folder);
}

/** Crash: the rename hides the whole entry; what is left of it goes with the next `stage` or `remove`. */
async function remove(groupFolder: string, id: string, clock: Clock): Promise<void> {
  const hidden = join(groupFolder, removedName(id));
  await rename(join(groupFolder, id), hidden);
  await syncPath(groupFolder);
  // Manifest first: whoever finds the hidden folder must not take it for a whole backup.
  await rm(join(hidden, manifestFile), { force: true });
  await removeLeftovers(groupFolder, clock.now().getTime());
}

async function folders(path: string, mustExist: boolean): Promise<string[]> {
  try {
    const found = await readdir(path, { withFileTypes: true });
    return found
      .filter((entry) => entry.isDirectory() && isListed(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (!mustExist && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function filesOf(entry: string): Promise<StoredFile[]> {
  const found = await readdir(entry, { withFileTypes: true });
  const names = found.filter((file) => file.isFile()).map((file) => file.name);
  const sizes = await Promise.all(names.map((file) => stat(join(entry, file))));
  return names.map((file, i) => ({ name: file, sizeBytes: sizes[i]?.size ?? 0 }));
}

async function freeBytes(path: string): Promise<number> {
  let folder = path;
  while (!(await exists(folder)) && dirname(folder) !== folder) folder = dirname(folder);
  const found = await statfs(folder);
  return found.bavail * found.bsize;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
}

function entryPath(path: string, group: string, id: string): string {
  return join(path, checked(group), checked(id));
}

/** Names come from manifests and command lines: none may lead out of the store. */
function checked(name: string): string {
  if (name !== '' && isListed(name) && !/[/\\\0]/.test(name)) return name;
  throw new Failure('store/unreadable', `\`${name}\` is no name of a group, a backup or a file in a store`, {
    state: 'nothing was changed',
  });
}

async function mapped<T>(work: () => Promise<T>, location: string, doing: 'read' | 'write'): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFailure(error, location, doing);
  }
}
