// A migration run: decide, try everything on a copy, make sure of the room, apply file by file, verify.
// Must never begin on the live database what has not succeeded on the copy.

import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatCount, formatSize } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { SourceFiles } from '../../project/index.ts';
import type { MigrationEffects, Rehearsal, TargetProgress, WriteSession } from '../../target/index.ts';
import { explain } from './explain.ts';
import { type MigrateRequest, type Prepared, prepare } from './prepare.ts';
import { lossWarnings, type Report, reportOf } from './report.ts';

export interface MigrateWork {
  /** Of the run: what the ledger says of when. */
  readonly now: Date;
  readonly files: SourceFiles;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TargetProgress) => void;
  readonly warn: (message: string) => void;
}

export interface MigrateResult extends Report {
  /** Applied, or with `down` taken back, in order. */
  readonly done: readonly string[];
  readonly pending: readonly string[];
  readonly rehearsedMs: number;
  readonly appliedMs: number;
}

/** A copy and its journal must leave something for others on the file system. */
const maxShareOfRoom = 0.9;

/**
 * Fails with `migrate/…` or the code of its cause. Until the whole series has succeeded on a copy the database is only
 * read; afterwards each file is wholly in, with its row in the ledger, or wholly out.
 */
export async function migrate(
  session: WriteSession,
  request: MigrateRequest,
  work: MigrateWork,
): Promise<MigrateResult> {
  const options = { signal: work.signal, onProgress: work.onProgress };
  const prepared = await prepare(session, request, work.now, work.files, options);
  for (const warning of prepared.warnings) work.warn(warning);
  const { scripts, pending } = prepared;
  if (scripts.length === 0) return { ...reportOf([]), done: [], pending, rehearsedMs: 0, appliedMs: 0 };
  const rehearsal = await rehearse(session, prepared, work);
  for (const warning of lossWarnings(rehearsal.effects)) work.warn(warning);
  await assertRoom(session.path, rehearsal.effects);

  const effects: MigrationEffects[] = [];
  for (const [i, script] of scripts.entries()) {
    work.onProgress({ message: script.name, done: i, total: scripts.length });
    const foreignKeysOff = rehearsal.effects[i]?.foreignKeysOff ?? script.foreignKeysOff;
    try {
      effects.push(await session.migrate({ ...script, foreignKeysOff }, options));
    } catch (error) {
      throw explain(error, prepared.steps, {
        on: 'database',
        current: script.name,
        done: effects.map(({ name }) => name),
      });
    }
  }
  const { problems } = await session.check('quick', options);
  refuseProblems(problems, 'the database', `${formatCount(effects.length, 'migration')} committed`);
  return {
    ...reportOf(effects),
    done: effects.map(({ name }) => name),
    pending,
    rehearsedMs: rehearsal.durationMs,
    appliedMs: effects.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

async function rehearse(session: WriteSession, prepared: Prepared, work: MigrateWork): Promise<Rehearsal> {
  let current: string | undefined;
  const names = new Set(prepared.scripts.map(({ name }) => name));
  try {
    const rehearsal = await session.rehearse(prepared.scripts, maxShareOfRoom, {
      signal: work.signal,
      onProgress: (progress) => {
        const name = progress.message?.replace(/^on a copy: /, '');
        current = name !== undefined && names.has(name) ? name : undefined;
        work.onProgress(progress);
      },
    });
    refuseProblems(rehearsal.problems, 'the copy', 'the database was not touched');
    return rehearsal;
  } catch (error) {
    throw explain(error, prepared.steps, { on: 'copy', ...(current === undefined ? {} : { current }) });
  }
}

/** Beside the database: the journal or the WAL that the copy needed, and what the file grew by. */
async function assertRoom(path: string, effects: readonly MigrationEffects[]): Promise<void> {
  const written = effects.reduce(
    (sum, { journalBytes, bytesBefore, bytesAfter }) =>
      sum + journalBytes + Math.max(0, bytesAfter - bytesBefore),
    0,
  );
  const need = Math.ceil(written * 1.2) + 2 ** 20;
  const { bavail, bsize } = await statfs(dirname(path));
  if (need <= bavail * bsize) return;
  throw new Failure(
    'target/no-room',
    `the migrations need ${formatSize(need)} in \`${dirname(path)}\`, ${formatSize(bavail * bsize)} are free`,
    {
      state: 'the migrations succeeded on a copy; the database was not touched',
      fix: 'free some room, then run again',
    },
  );
}

function refuseProblems(problems: readonly string[], where: string, state: string): void {
  if (problems.length === 0) return;
  throw new Failure(
    'migrate/damaged',
    `${where} is not sound after the migrations: ${problems.slice(0, 3).join('; ')}`,
    {
      state,
      fix: 'check the database as it is: `belay run` a `sqlite.check` with `mode: integrity`',
    },
  );
}
