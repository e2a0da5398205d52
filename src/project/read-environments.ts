// The environments of belay.yaml: params, rules, and what stands for databases and the outside in CI.

import { dirname } from 'node:path';
import type { Document, Path } from '../document/index.ts';
import { readFixtureSource, readScopedName } from './fixture.ts';
import type { Policy } from './policy.ts';
import type { Environment } from './project.ts';

export interface WrittenEnvironment {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly policy?: Policy;
  readonly now?: string;
  readonly fixtures?: Readonly<Record<string, unknown>>;
  readonly backups?: Readonly<Record<string, readonly WrittenBackup[]>>;
  readonly stubs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface WrittenBackup {
  readonly from: unknown;
  readonly at: string;
  readonly label?: string;
}

/** `document` is where they are written. */
export function readEnvironments(
  written: Readonly<Record<string, WrittenEnvironment>>,
  folder: string,
  document: Document | undefined,
): Record<string, Environment> {
  if (document === undefined) return {};
  return Object.fromEntries(
    Object.entries(written).map(([name, environment]) => [
      name,
      readEnvironment(name, environment, folder, document),
    ]),
  );
}

function readEnvironment(
  name: string,
  { params = {}, policy, now, fixtures = {}, backups = {}, stubs = {} }: WrittenEnvironment,
  folder: string,
  document: Document,
): Environment {
  const at = (...path: Path) => document.keyPlace(['environments', name, ...path]);
  const source = (written: unknown) => readFixtureSource(written, folder, dirname(document.source.file));
  return {
    name,
    params,
    ...(policy ? { policy } : {}),
    ...(now === undefined ? {} : { now: new Date(now) }),
    fixtures: Object.entries(fixtures).map(([key, written]) => ({
      ...readScopedName(key),
      source: source(written),
      place: at('fixtures', key),
    })),
    backups: Object.entries(backups).flatMap(([key, list]) =>
      list.map((backup, i) => ({
        ...readScopedName(key),
        source: source(backup.from),
        at: new Date(backup.at),
        ...(backup.label === undefined ? {} : { label: backup.label }),
        place: document.place(['environments', name, 'backups', key, i, 'from']),
      })),
    ),
    stubs: Object.entries(stubs).map(([key, outputs]) => ({
      ...readScopedName(key),
      outputs,
      place: at('stubs', key),
      placeOf: (output) => at('stubs', key, output),
    })),
  };
}
