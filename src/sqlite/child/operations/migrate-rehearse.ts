// All migrations on a private copy, in a second connection of this process: the same code as on the live database, so
// that what fails there fails here first. The live database is only read.

import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatSize } from '../../../base/index.ts';
import { Failure } from '../../../diagnostic/index.ts';
import type { MigrationEffects, MigrationScript, Rehearsal } from '../../../target/migration.ts';
import { closeConnection, openConnection, scalar } from '../connection.ts';
import type { Work } from '../work.ts';
import { check } from './check.ts';
import { migrate } from './migrate.ts';
import { snapshot } from './snapshot.ts';

/** Below it the copy is checked whole; above it without comparing indexes with their tables, which takes three times as long. */
const wholeCheckBytes = 256 * 2 ** 20;

export async function rehearse(
  work: Work,
  args: { readonly migrations: readonly MigrationScript[]; readonly maxShareOfRoom: number },
): Promise<Rehearsal> {
  const { connection } = work;
  const started = performance.now();
  const scratch = process.env.SQLITE_TMPDIR ?? tmpdir();
  const pageSize = Number(scalar(connection.db, 'PRAGMA page_size'));
  const sizeBytes = Number(scalar(connection.db, 'PRAGMA page_count')) * pageSize;
  assertRoom(scratch, sizeBytes, args.maxShareOfRoom);
  const folder = mkdtempSync(join(scratch, 'rehearsal-'));
  try {
    const path = join(folder, 'copy.db');
    await snapshot(connection.db, { to: path, onProgress: work.progress });
    const effects = await onCopy(work, path, args.migrations);
    return { ...effects, sizeBytes, durationMs: performance.now() - started };
  } finally {
    removeCopy(folder);
  }
}

async function onCopy(
  { connection: { target }, progress }: Work,
  path: string,
  migrations: readonly MigrationScript[],
): Promise<Pick<Rehearsal, 'effects' | 'problems'>> {
  const connection = openConnection({ target, path, mode: 'write', busyTimeoutMs: 0 });
  try {
    // Nobody needs this file after a crash.
    connection.db.exec('PRAGMA synchronous = OFF');
    const copy: Work = {
      connection,
      progress,
      permit: async () => true,
      committed: () => {},
      withdrawn: () => {},
      readMark: async () => undefined,
    };
    const effects: MigrationEffects[] = [];
    for (const [i, migration] of migrations.entries()) {
      progress({ message: `on a copy: ${migration.name}`, done: i, total: migrations.length });
      effects.push(await migrate(copy, { migration }));
    }
    const last = effects.at(-1)?.bytesAfter ?? 0;
    progress({ message: 'on a copy: check' });
    const { problems } = check(copy, { mode: last <= wholeCheckBytes ? 'integrity' : 'quick' });
    return { effects, problems };
  } finally {
    closeConnection(connection);
  }
}

/** The copy, and once more as much for what the migrations write. */
function assertRoom(folder: string, sizeBytes: number, maxShare: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const need = Math.ceil(sizeBytes * 2.1);
  const room = bavail * bsize * maxShare;
  if (need <= room) return;
  throw new Failure(
    'target/no-room',
    `trying the migrations on a copy needs ${formatSize(need)} in \`${folder}\`, ${formatSize(Math.floor(room))} may be used`,
    {
      state: 'nothing was changed',
      fix: 'free some room, or set TMPDIR to a larger file system, then run again',
    },
  );
}

/** It lies in the scratch folder of the run, which goes at the end; the rehearsal itself has been decided. */
function removeCopy(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}
