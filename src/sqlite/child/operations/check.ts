// Integrity and foreign keys. Always SQLite's whole check unless tables are named: a check table by table would not
// see pages that belong to no table or to two.

import { formatCount } from '../../../base/index.ts';
import type { CheckResult } from '../../../target/session.ts';
import { quoteName } from '../../statements.ts';
import { forgetPages } from '../connection.ts';
import { isSqliteError, sqliteFailure } from '../errors.ts';
import { checkTable } from '../names.ts';
import type { Work } from '../work.ts';

const maxProblems = 100;

export function check(
  work: Work,
  args: {
    readonly mode: 'quick' | 'integrity';
    readonly foreignKeys?: boolean | undefined;
    readonly tables?: readonly string[] | undefined;
  },
): CheckResult {
  const { db } = work.connection;
  const started = performance.now();
  forgetPages(db);
  const pragma = args.mode === 'quick' ? 'quick_check' : 'integrity_check';
  const tables = args.tables?.map((name) => checkTable(db, name));
  const problems: string[] = [];
  if (!tables) {
    problems.push(...structure(work, `PRAGMA ${pragma}(${maxProblems})`));
  } else {
    tables.forEach((table, i) => {
      work.progress({ done: i, total: tables.length, unit: 'tables', message: table });
      problems.push(...structure(work, `PRAGMA ${pragma}(${quoteName(table)})`));
    });
  }
  if (args.foreignKeys) {
    if (tables) for (const table of tables) problems.push(...orphans(work, `(${quoteName(table)})`));
    else problems.push(...orphans(work, ''));
  }
  return {
    ok: problems.length === 0,
    problems: problems.slice(0, maxProblems),
    latencyMs: performance.now() - started,
  };
}

function structure(work: Work, sql: string): string[] {
  const found: string[] = [];
  try {
    for (const row of work.connection.db.prepare(sql).iterate()) {
      const line = String(Object.values(row)[0]);
      // The first line may name the database: `*** in database main ***`.
      if (line !== 'ok') found.push(...line.split('\n').filter((part) => !part.startsWith('***')));
    }
  } catch (error) {
    // A file that is damaged enough stops the check itself; that is the finding, not an accident.
    if (!isSqliteError(error)) throw error;
    const failure = sqliteFailure(error, work.connection);
    if (failure.code !== 'target/corrupt' && failure.code !== 'target/not-a-database') throw failure;
    found.push(failure.message);
  }
  return found;
}

function orphans({ connection: { db } }: Work, argument: string): string[] {
  const counts = new Map<string, number>();
  for (const row of db.prepare(`PRAGMA foreign_key_check${argument}`).iterate()) {
    const key = `\`${row.table}\` refer to missing rows of \`${row.parent}\``;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${formatCount(count, 'row')} of ${key}`);
}
