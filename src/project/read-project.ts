// A checked belay.yaml → project: defaults filled in, paths absolute. Pure.

import { join } from 'node:path';
import { parseDuration } from '../base/index.ts';
import type { Document } from '../document/index.ts';
import { resolvePath } from './paths.ts';
import type { CatalogueTarget, Project, ProjectDefaults, Schedule, StoreConfig } from './project.ts';
import { readEnvironments, type WrittenEnvironment } from './read-environments.ts';

type Keep = Readonly<Record<string, unknown>>;

/** belay.yaml as its schema allows it. */
export interface WrittenProject {
  readonly state?: string;
  readonly runbooks?: readonly string[];
  readonly stores?: Readonly<Record<string, { driver: 'local'; path: string; keep?: Keep }>>;
  readonly targets?: Readonly<
    Record<
      string,
      {
        driver: 'sqlite';
        path: string;
        store?: string;
        keep?: Keep;
        maxBackupAge?: string;
        environment?: string;
      }
    >
  >;
  readonly environments?: Readonly<Record<string, WrittenEnvironment>>;
  readonly defaults?: { readonly environment?: string; readonly lockWait?: string };
  readonly schedules?: readonly {
    readonly runbook: string;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly env?: string;
    readonly cron: string;
    readonly timezone?: string;
  }[];
}

export interface ProjectPlace {
  readonly folder: string;
  readonly file?: NonNullable<Project['file']>;
  /** What the file holds. */
  readonly document?: Document;
  /** Given by the operator; goes before `state`. */
  readonly stateFolder?: string;
  readonly bundledRunbooks: string;
}

export function readProject(written: WrittenProject, place: ProjectPlace): Project {
  const { folder } = place;
  const stateFolder = place.stateFolder ?? resolvePath(folder, written.state ?? '.belay');
  const folders = (written.runbooks ?? ['runbooks']).map((path) => resolvePath(folder, path));
  return {
    folder,
    ...(place.file ? { file: place.file } : {}),
    stateFolder,
    runbookFolders: [...new Set([...folders, place.bundledRunbooks])],
    ...(folders.includes(place.bundledRunbooks) ? {} : { bundledRunbooks: place.bundledRunbooks }),
    stores: readStores(written, folder, stateFolder),
    targets: readTargets(written, folder),
    environments: readEnvironments(written.environments ?? {}, folder, place.document),
    defaults: readDefaults(written),
    schedules: (written.schedules ?? []).map(readSchedule),
  };
}

function readStores(
  written: WrittenProject,
  folder: string,
  stateFolder: string,
): Record<string, StoreConfig> {
  const stores: Record<string, StoreConfig> = {
    local: { name: 'local', driver: 'local', path: join(stateFolder, 'backups') },
  };
  for (const [name, { driver, path, keep }] of Object.entries(written.stores ?? {})) {
    stores[name] = { name, driver, path: resolvePath(folder, path), ...(keep ? { keep } : {}) };
  }
  return stores;
}

function readTargets(written: WrittenProject, folder: string): Record<string, CatalogueTarget> {
  const targets: Record<string, CatalogueTarget> = {};
  for (const [name, target] of Object.entries(written.targets ?? {})) {
    const maxBackupAgeMs = target.maxBackupAge === undefined ? undefined : parseDuration(target.maxBackupAge);
    targets[name] = {
      name,
      driver: target.driver,
      path: resolvePath(folder, target.path),
      store: target.store ?? 'local',
      ...(target.keep ? { keep: target.keep } : {}),
      ...(maxBackupAgeMs === undefined ? {} : { maxBackupAgeMs }),
      ...(target.environment === undefined ? {} : { environment: target.environment }),
    };
  }
  return targets;
}

function readDefaults({ defaults = {} }: WrittenProject): ProjectDefaults {
  const lockWaitMs = defaults.lockWait === undefined ? undefined : parseDuration(defaults.lockWait);
  return {
    ...(defaults.environment === undefined ? {} : { environment: defaults.environment }),
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
  };
}

function readSchedule(schedule: NonNullable<WrittenProject['schedules']>[number]): Schedule {
  return {
    runbook: schedule.runbook,
    params: schedule.params ?? {},
    ...(schedule.env === undefined ? {} : { environment: schedule.env }),
    cron: schedule.cron,
    ...(schedule.timezone === undefined ? {} : { timezone: schedule.timezone }),
  };
}
