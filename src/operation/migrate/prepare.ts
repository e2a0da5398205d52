// Everything before the first statement: folder, ledger, choice, and the scripts for the session. Alike for plan and run.

import type { SourceFiles } from '../../project/index.ts';
import type { MigrationScript, ReadSession, SessionOptions } from '../../target/index.ts';
import { type Choice, choose, type Wish } from './choose.ts';
import { type LedgerNames, readLedger } from './ledger.ts';
import { entryFor } from './ledger-entry.ts';
import { readFolder } from './read-folder.ts';

export interface MigrateRequest extends Wish {
  /** Absolute. */
  readonly from: string;
  readonly ledger: LedgerNames;
}

export interface Prepared extends Choice {
  readonly scripts: readonly MigrationScript[];
}

/** Fails with `migrate/…` before anything starts. */
export async function prepare(
  session: ReadSession,
  request: MigrateRequest,
  now: Date,
  files: SourceFiles,
  options: SessionOptions,
): Promise<Prepared> {
  const migrations = await readFolder(request.from, files);
  const ledger = await readLedger(session, request.ledger, options);
  const choice = choose(migrations, ledger, request);
  const scripts = choice.steps.map(({ migration, part }) => ({
    name: migration.name,
    statements: part.statements,
    foreignKeysOff: part.foreignKeysOff,
    legacyAlterTable: part.legacyAlterTable,
    ledger: entryFor(ledger, migration, migrations, request.direction, now),
  }));
  return { ...choice, scripts };
}
