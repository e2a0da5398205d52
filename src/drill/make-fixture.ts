// Makes one scratch database from what is declared for it: statements of an SQL text, a copy of a database, or nothing.
// The declared file is only read.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, type Place } from '../diagnostic/index.ts';
import { belongsTo } from '../document/index.ts';
import type { FixtureSource } from '../project/index.ts';
import type { TargetDriver, TargetSpec } from '../target/index.ts';
import { loadSql } from './load-sql.ts';

export interface FixtureRequest {
  readonly source: FixtureSource;
  /** Where it is declared. */
  readonly place: Place;
  /** What it becomes; its folder is made. */
  readonly spec: TargetSpec;
  readonly driver: TargetDriver;
  readonly scratchFolder: string;
}

/** Fails with `drill/bad-fixture`. */
export async function makeFixture(request: FixtureRequest): Promise<void> {
  const { source, place, spec, driver, scratchFolder } = request;
  mkdirSync(dirname(spec.path), { recursive: true, mode: 0o700 });
  switch (source.kind) {
    case 'absent':
      return;
    case 'sql':
      return await loadSql(
        { sql: source.sql, shownAs: nameOf(source), place, isFile: false },
        spec,
        driver,
        scratchFolder,
      );
    case 'file': {
      assertFile(source, place);
      if (!source.path.endsWith('.sql')) return await copyDatabase(request, source.path);
      const file = { file: source.shownAs, line: 1, column: 1 };
      const sql = readFileSync(source.path, 'utf8');
      return await loadSql(
        { sql, shownAs: source.written, place: file, isFile: true },
        spec,
        driver,
        scratchFolder,
      );
    }
  }
}

/** A fixture in words. */
export function nameOf(source: FixtureSource): string {
  if (source.kind === 'file') return source.written;
  return source.kind === 'sql' ? 'SQL written in place' : 'no file';
}

/** The finding of a file that is not there; undefined when it is. */
export function missingFixture(source: FixtureSource, place: Place): Failure | undefined {
  if (source.kind !== 'file') return undefined;
  if (!belongsTo(source.path, source.folder)) {
    return new Failure('drill/bad-fixture', `fixture \`${source.written}\` lies outside the project`, {
      place,
      state: 'nothing was started, and the file was not read',
      fix: 'put it into the project',
    });
  }
  const kind = statSync(source.path, { throwIfNoEntry: false });
  if (kind?.isFile()) return undefined;
  return new Failure(
    'drill/bad-fixture',
    `fixture \`${source.written}\` ${kind === undefined ? 'does not exist' : 'is not an ordinary file'}`,
    {
      place,
      state: 'nothing was started',
      fix: 'paths are relative to the folder of belay.yaml, else of the runbook',
    },
  );
}

function assertFile(source: FixtureSource, place: Place): void {
  const failure = missingFixture(source, place);
  if (failure !== undefined) throw failure;
}

/** The file as it lies, so that a damaged one is damaged here too; under the name that the target has. */
async function copyDatabase({ spec, driver }: FixtureRequest, from: string): Promise<void> {
  const folder = join(dirname(spec.path), 'copy');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { path } = await driver.copyForRehearsal({ ...spec, path: from }, folder);
  for (const part of ['', '-wal'])
    if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${spec.path}${part}`);
  rmSync(folder, { recursive: true, force: true });
}
