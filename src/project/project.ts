// The project: belay.yaml and what it means for paths, stores, targets and environments.

import type { Source } from '../document/document.ts';
import type { FixtureBackup, FixtureDeclaration, StubDeclaration } from './fixture.ts';
import type { Policy } from './policy.ts';

export interface Project {
  /** Folder of belay.yaml, else the working folder; absolute. */
  readonly folder: string;
  /** Absent when there is no belay.yaml. */
  readonly file?: Source & { readonly path: string };
  /** Absolute; not created by reading. */
  readonly stateFolder: string;
  /** Absolute folders, in order of search. */
  readonly runbookFolders: readonly string[];
  /** The folder of those that come with Belay; absent when it is the project's own. */
  readonly bundledRunbooks?: string;
  readonly stores: Readonly<Record<string, StoreConfig>>;
  readonly targets: Readonly<Record<string, CatalogueTarget>>;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly defaults: ProjectDefaults;
  readonly schedules: readonly Schedule[];
}

export interface StoreConfig {
  readonly name: string;
  readonly driver: 'local';
  /** Absolute. */
  readonly path: string;
  readonly keep?: Readonly<Record<string, unknown>>;
}

export interface CatalogueTarget {
  readonly name: string;
  readonly driver: 'sqlite';
  /** Absolute. */
  readonly path: string;
  readonly store: string;
  readonly keep?: Readonly<Record<string, unknown>>;
  readonly maxBackupAgeMs?: number;
  readonly environment?: string;
}

export interface Environment {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly policy?: Policy;
  /** What `now` is where fixtures stand for databases. */
  readonly now?: Date;
  readonly fixtures: readonly FixtureDeclaration[];
  /** In the order in which they are declared. */
  readonly backups: readonly FixtureBackup[];
  readonly stubs: readonly StubDeclaration[];
}

export interface ProjectDefaults {
  readonly environment?: string;
  readonly lockWaitMs?: number;
}

export interface Schedule {
  readonly runbook: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly environment?: string;
  readonly cron: string;
  readonly timezone?: string;
}
