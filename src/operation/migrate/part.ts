// The text of a migration as statements with their places. Transaction control is taken out, because the file runs in one
// transaction anyway; so are the settings of the connection that SQLite would ignore inside of it.

import { createHash } from 'node:crypto';
import { Failure } from '../../diagnostic/index.ts';
import { isBlank, leadingWords, splitStatements, tokenize } from '../../sqlite/index.ts';
import type { MigrationStatement } from '../../target/index.ts';
import type { Part } from './migration.ts';
import { placeIn, shownPath } from './place.ts';

/** `from` and `to` bound the part inside the text of the whole file. Fails with `migrate/bad-file`. */
export function parsePart(path: string, text: string, from = 0, to = text.length): Part {
  const source = text.slice(from, to);
  const statements: MigrationStatement[] = [];
  const settings = { foreignKeysOff: false, legacyAlterTable: false };
  let begun: MigrationStatement | undefined;
  let offset = from;
  for (const piece of splitStatements(source)) {
    const lead = tokenize(piece).find(({ kind }) => kind !== 'space' && kind !== 'semicolon')?.start ?? 0;
    const statement = { sql: piece.slice(lead), ...placeAt(text, offset + lead) };
    offset += piece.length;
    if (isBlank(piece)) continue;
    const control = controlOf(statement.sql);
    if (control === 'begin') {
      if (begun) throw bad(path, statement, 'a transaction begins inside another one');
      begun = statement;
    } else if (control === 'commit') {
      if (!begun) throw bad(path, statement, 'a transaction ends that never began');
      begun = undefined;
    } else if (control === 'rollback') {
      throw bad(path, statement, 'the file rolls back, so nothing of it would stay');
    } else if (!takeSetting(statement.sql, settings)) statements.push(statement);
  }
  if (begun) throw bad(path, begun, 'a transaction begins and is never committed');
  return { path, statements, ...settings, checksum: checksumOf(source) };
}

function controlOf(sql: string): 'begin' | 'commit' | 'rollback' | undefined {
  const [first = '', second = '', third = ''] = leadingWords(sql, 3);
  if (first === 'BEGIN') return 'begin';
  if (first === 'COMMIT' || first === 'END') return 'commit';
  if (first === 'ROLLBACK' && second !== 'TO' && third !== 'TO') return 'rollback';
  return undefined;
}

/** True when the statement was a setting that has its place before BEGIN. */
function takeSetting(sql: string, settings: { foreignKeysOff: boolean; legacyAlterTable: boolean }): boolean {
  const words = tokenize(sql)
    .filter(({ kind }) => kind !== 'space' && kind !== 'semicolon')
    .map(({ start, end }) => sql.slice(start, end).toLowerCase());
  const [verb, pragma = '', mark, ...rest] = words;
  if (verb !== 'pragma' || (mark !== '=' && mark !== '(')) return false;
  const value = (rest[0] ?? '').replaceAll(/^['"]|['"]$/g, '');
  const isOn = ['on', 'true', 'yes', '1'].includes(value);
  if (pragma === 'foreign_keys') settings.foreignKeysOff ||= !isOn;
  else if (pragma === 'legacy_alter_table') settings.legacyAlterTable ||= isOn;
  else return false;
  return true;
}

/** The same text has the same checksum on every system, whatever an editor did to its line ends. */
function checksumOf(text: string): string {
  const normal = text.replaceAll(/[ \t]*\r?\n/g, '\n').trim();
  return createHash('sha256').update(normal).digest('hex');
}

function placeAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function bad(path: string, { line, column, sql }: MigrationStatement, what: string): Failure {
  return new Failure('migrate/bad-file', `\`${shownPath(path)}\`: ${what}`, {
    place: placeIn(path, line, column, sql),
    state: 'nothing was started',
    fix: 'remove BEGIN, COMMIT and ROLLBACK from the file: every file runs in one transaction anyway',
  });
}
