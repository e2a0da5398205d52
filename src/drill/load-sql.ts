// Runs an SQL text on a new, empty database, as every SQL of a runbook runs: in the child, under the authorizer. What
// dumps say around their statements (transactions, settings of the file) is understood here.

import { Failure, type Place } from '../diagnostic/index.ts';
import { isBlank, leadingWords, splitStatements, tokenize } from '../sqlite/index.ts';
import type { TargetDriver, TargetSpec } from '../target/index.ts';

export interface SqlText {
  readonly sql: string;
  /** As findings call it. */
  readonly shownAs: string;
  /** Where it begins; line 1 of a file. */
  readonly place: Place;
  /** The text is the whole file at `place`, so that places inside it can be told. */
  readonly isFile: boolean;
}

const transactionWords = new Set(['BEGIN', 'COMMIT', 'END']);
const settingPattern =
  /^\s*PRAGMA\s+(journal_mode|page_size|auto_vacuum|foreign_keys)\s*=\s*['"]?(\w+)['"]?\s*;?\s*$/i;

type Settings = Parameters<Awaited<ReturnType<TargetDriver['openForWriting']>>['configure']>[0];

interface Piece {
  readonly sql: string;
  readonly offset: number;
}

/** Fails with `drill/bad-fixture`, at the statement. */
export async function loadSql(
  text: SqlText,
  spec: TargetSpec,
  driver: TargetDriver,
  scratchFolder: string,
): Promise<void> {
  const { pieces, settings } = readPieces(text.sql);
  driver.create(spec);
  await using session = await driver.openForWriting(spec, {
    busyTimeoutMs: 1000,
    scratchFolder,
    announce: async () => {},
    committed: () => {},
  });
  try {
    await session.load(pieces.map(({ sql }) => sql));
    if (Object.keys(settings).length > 0) await session.configure(settings);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const at = error.details?.statement;
    throw refused(text, error, typeof at === 'number' ? pieces[at] : undefined);
  }
}

function readPieces(sql: string): { readonly pieces: readonly Piece[]; readonly settings: Settings } {
  const pieces: Piece[] = [];
  const settings: Settings = {};
  let offset = 0;
  for (const part of splitStatements(sql)) {
    const begin = offset;
    offset += part.length;
    if (isBlank(part) || transactionWords.has(leadingWords(part)[0] ?? '')) continue;
    const [, setting, value] = settingPattern.exec(part.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')) ?? [];
    if (setting === undefined || value === undefined) pieces.push({ sql: part, offset: begin });
    else Object.assign(settings, settingOf(setting.toLowerCase(), value));
  }
  return { pieces, settings };
}

function settingOf(name: string, value: string): Settings {
  if (name === 'journal_mode') return { journalMode: value.toLowerCase() };
  if (name === 'page_size') return { pageSize: Number(value) };
  // Foreign keys are off during the load, whatever the text says.
  return name === 'auto_vacuum' ? { autoVacuum: autoVacuumOf(value) } : {};
}

function autoVacuumOf(value: string): string {
  return { '0': 'none', '1': 'full', '2': 'incremental' }[value] ?? value.toLowerCase();
}

function refused(
  { sql, shownAs, place, isFile }: SqlText,
  error: Failure,
  piece: Piece | undefined,
): Failure {
  const lead = tokenize(piece?.sql ?? '').find(({ kind }) => kind !== 'space')?.start ?? 0;
  const before = piece === undefined ? '' : sql.slice(0, piece.offset + lead);
  const line = before.split('\n').length;
  const text = sql.split('\n')[line - 1] ?? '';
  return new Failure('drill/bad-fixture', `fixture \`${shownAs}\` cannot be loaded: ${error.message}`, {
    place: isFile && piece !== undefined ? { file: place.file, line, column: 1, text } : place,
    state: 'nothing was started; the targets are as before',
    fix:
      error.code === 'sqlite/refused' && error.fix !== undefined
        ? error.fix
        : 'correct the SQL of the fixture',
    cause: error,
  });
}
