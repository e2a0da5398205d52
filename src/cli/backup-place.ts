// Which store and which database a `belay backup` command is about: `--target`, `--path`, `--store`.
// With `--store` nothing but that folder is needed: no project, no state.

import { resolve } from 'node:path';
import { nearestName } from '../base/index.ts';
import { exitCodes, Failure } from '../diagnostic/index.ts';
import type { Project } from '../project/index.ts';
import { openLocalStore, type Store } from '../store/index.ts';
import type { TargetSpec } from '../target/index.ts';
import type { Context } from './context.ts';

export interface PlaceOptions {
  readonly target?: string;
  readonly path?: string;
  readonly store?: string;
}

export interface BackupPlace {
  /** To look in, in this order. */
  readonly stores: readonly Store[];
  readonly target?: TargetSpec;
}

/** Fails with `usage/unknown-target`, `usage/conflicting-options`, `store/…` for a `--store` that is not there. */
export async function backupPlace(
  context: Context,
  options: PlaceOptions,
  { mayCreateStore = false }: { readonly mayCreateStore?: boolean } = {},
): Promise<BackupPlace> {
  if (options.target !== undefined && options.path !== undefined)
    throw new Failure('usage/conflicting-options', '`--target` and `--path` both name a database');
  const folder = options.store === undefined ? undefined : resolve(context.cwd, options.store);
  if (folder !== undefined && options.target === undefined) {
    const given = { name: 'local', path: folder };
    return {
      stores: [openLocalStore(given.name, given.path, { mustExist: !mayCreateStore })],
      ...(options.path === undefined ? {} : { target: pathTarget(options.path, context, given) }),
    };
  }
  const project = await context.project();
  if (options.target !== undefined) {
    const target = catalogueTarget(project, options.target, folder);
    return { stores: [openLocalStore(target.store.name, target.store.path)], target };
  }
  const stores = Object.values(project.stores).map(({ name, path }) => openLocalStore(name, path));
  if (options.path === undefined) return { stores };
  return { stores, target: pathTarget(options.path, context, localStore(project)) };
}

/** As `backupPlace`, for commands that need a database. Fails with `usage/missing-argument`. */
export async function backupPlaceWithTarget(
  context: Context,
  options: PlaceOptions,
  creation: { readonly mayCreateStore?: boolean } = {},
): Promise<Required<BackupPlace>> {
  if (options.target === undefined && options.path === undefined) {
    throw new Failure('usage/missing-argument', 'name the database: `--target NAME` or `--path FILE`', {
      fix: '`belay targets` lists the names',
    });
  }
  const { stores, target } = await backupPlace(context, options, creation);
  if (target === undefined) throw new Error('a named database without a target');
  return { stores, target };
}

function catalogueTarget(project: Project, name: string, folder: string | undefined): TargetSpec {
  const entry = project.targets[name];
  if (entry === undefined) {
    const near = nearestName(name, Object.keys(project.targets));
    throw new Failure('usage/unknown-target', `the catalogue has no target \`${name}\``, {
      fix: near === undefined ? 'name the file with `--path FILE`' : `did you mean \`--target ${near}\`?`,
      exit: exitCodes.usage,
    });
  }
  const store = project.stores[entry.store];
  return {
    name: 'db',
    driver: entry.driver,
    path: entry.path,
    catalogueName: entry.name,
    expect: 'ok',
    store:
      folder === undefined
        ? { name: entry.store, path: store?.path ?? localStore(project).path }
        : { name: 'local', path: folder },
  };
}

function pathTarget(
  path: string,
  context: Context,
  store: { readonly name: string; readonly path: string },
): TargetSpec {
  return { name: 'db', driver: 'sqlite', path: resolve(context.cwd, path), expect: 'ok', store };
}

function localStore(project: Project): { readonly name: string; readonly path: string } {
  const store = project.stores.local;
  if (store === undefined) throw new Error('a project without its local store');
  return { name: store.name, path: store.path };
}
