// Puts a decided run on fixtures: targets become scratch databases made from what is declared for them, stores become
// empty but for the declared backups. What is said of them afterwards is said of the targets that they stand for.

import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createBackup } from '../backup/index.ts';
import { type Clock, replaceTexts, version } from '../base/index.ts';
import type { ResolvedRun } from '../plan/index.ts';
import { type FixtureBackup, type FixtureDeclaration, findScoped } from '../project/index.ts';
import { openLocalStore } from '../store/index.ts';
import { realPathOf, type TargetDriver, type TargetSpec } from '../target/index.ts';
import { makeFixture, nameOf } from './make-fixture.ts';

export interface Fixtures {
  readonly fixtures: readonly FixtureDeclaration[];
  readonly backups: readonly FixtureBackup[];
}

export interface FixtureRun {
  /** Its targets and stores lie in the scratch folder, those without a fixture where they are. */
  readonly resolved: ResolvedRun;
  /** A plain value with the names of all scratch files replaced by those that they stand for. */
  readonly asDeclared: <T>(value: T) => T;
}

interface Options {
  readonly driver: TargetDriver;
  /** Private; the caller removes it. */
  readonly scratchFolder: string;
}

/** The fixture of a target: for its runbook before for all, by its name there or in the catalogue. */
export function fixtureOf(
  { fixtures }: Fixtures,
  { runbook }: ResolvedRun,
  target: TargetSpec,
): FixtureDeclaration | undefined {
  return findScoped(fixtures, runbook.name, namesOf(target));
}

/**
 * Fails with `drill/bad-fixture`. Without a fixture for any target of this runbook everything stays as it is. A target
 * without one stays where it is, and is for the caller to refuse.
 */
export async function putOnFixtures(
  resolved: ResolvedRun,
  declared: Fixtures,
  options: Options,
): Promise<FixtureRun> {
  const found = resolved.targets.map((target) => fixtureOf(declared, resolved, target));
  if (found.every((fixture) => fixture === undefined)) return { resolved, asDeclared: (value) => value };
  const root = join(options.scratchFolder, 'fixtures');
  const storeOf = (name: string) => join(root, 'stores', name);
  const targets: TargetSpec[] = [];
  for (const [i, target] of resolved.targets.entries()) {
    const fixture = found[i];
    if (fixture === undefined) {
      targets.push(target);
      continue;
    }
    const store = { ...target.store, path: storeOf(target.store.name) };
    const spec: TargetSpec = {
      ...target,
      path: join(root, 'targets', target.name, basename(target.path)),
      store,
      standsFor: { target, fixture: nameOf(fixture.source) },
    };
    await makeBackups(resolved, declared.backups, spec, options);
    await makeFixture({ ...fixture, ...options, spec });
    targets.push(spec);
  }
  const stores = Object.fromEntries(
    Object.entries(resolved.project.stores).map(([name, store]) => [name, { ...store, path: storeOf(name) }]),
  );
  return {
    resolved: { ...resolved, targets, project: { ...resolved.project, stores } },
    asDeclared: (value) => replaceTexts(value, namesFor(resolved, targets, storeOf)),
  };
}

function namesOf({ name, catalogueName }: TargetSpec): string[] {
  return catalogueName === undefined ? [name] : [name, catalogueName];
}

/** Each is made of its own content, in the place of the target, as if it had been taken there. */
async function makeBackups(
  { runbook }: ResolvedRun,
  declared: readonly FixtureBackup[],
  spec: TargetSpec,
  { driver, scratchFolder }: Options,
): Promise<void> {
  const own = declared.filter(({ runbook: of }) => of === runbook.name);
  const names = namesOf(spec);
  const isOf = ({ name }: FixtureBackup) => names.includes(name);
  const backups = own.some(isOf) ? own.filter(isOf) : declared.filter((each) => !each.runbook && isOf(each));
  mkdirSync(spec.store.path, { recursive: true, mode: 0o700 });
  for (const [i, backup] of backups.entries()) {
    await makeFixture({ ...backup, spec, driver, scratchFolder });
    await using session = await driver.openForWriting(spec, {
      busyTimeoutMs: 1000,
      scratchFolder,
      announce: async () => {},
      committed: () => {},
    });
    await createBackup({
      id: idOf(backup, i),
      session,
      spec,
      facts: await session.facts(),
      store: openLocalStore(spec.store.name, spec.store.path),
      verify: 'quick',
      ...(backup.label === undefined ? {} : { label: backup.label }),
      clock: standingStill(backup.at),
      runId: null,
      stepId: null,
      belayVersion: version,
    });
    await session.close();
    for (const part of ['', '-wal', '-shm', '-journal']) rmSync(`${spec.path}${part}`, { force: true });
  }
}

/** The same on every machine, so that a test can name it. */
function idOf({ at }: FixtureBackup, index: number): string {
  const stamp = at.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `bak-${stamp}-${String(index + 1).padStart(4, '0')}`;
}

function standingStill(at: Date): Clock {
  return { now: () => at, monotonicMs: () => 0 };
}

/** Scratch path to declared path, longest first. */
function namesFor(
  { project }: ResolvedRun,
  targets: readonly TargetSpec[],
  storeOf: (name: string) => string,
): (readonly [string, string])[] {
  const names = [
    ...targets.flatMap(({ path, standsFor }): [string, string][] =>
      standsFor === undefined ? [] : [[path, standsFor.target.path]],
    ),
    ...Object.values(project.stores).map(({ name, path }): [string, string] => [storeOf(name), path]),
  ];
  return names
    .flatMap(([from, to]): [string, string][] => [
      [from, to],
      [realPathOf(from), to],
    ])
    .sort(([a], [b]) => b.length - a.length);
}
