// Fills a new database that nobody else knows of. Every statement runs under the guard; foreign keys are off, because a
// dump writes children before parents, and because real databases may hold rows that point nowhere.

import type { SQLInputValue } from 'node:sqlite';
import { Failure } from '../../../diagnostic/index.ts';
import { asFailure } from '../errors.ts';
import { newObserved } from '../guard.ts';
import { bindings, prepareGuarded, runGuarded } from '../prepare.ts';
import { inTransaction } from '../transaction.ts';
import type { Work } from '../work.ts';
import { dropTemporary } from './execute.ts';

/** One transaction. A failure has the index of its statement in `details.statement`. */
export async function load(
  work: Work,
  { statements }: { readonly statements: readonly string[] },
): Promise<Record<never, never>> {
  const { connection } = work;
  connection.db.exec('PRAGMA foreign_keys = 0');
  try {
    await inTransaction(
      work,
      'change',
      () => ({ tables: [], reason: 'the database is new' }),
      () => {
        for (const [index, sql] of statements.entries()) runOne(work, sql, index);
        dropTemporary(connection);
        return { result: {}, rows: 0, hasOtherChange: true };
      },
    );
    return {};
  } finally {
    connection.db.exec('PRAGMA foreign_keys = 1');
  }
}

function runOne({ connection }: Work, sql: string, statement: number): void {
  try {
    const seen = newObserved();
    const prepared = prepareGuarded(connection, sql, 'write', seen);
    const bound = bindings(sql, undefined) as SQLInputValue[];
    runGuarded(connection, sql, 'write', seen, () => prepared.run(...bound));
  } catch (error) {
    const { code, message, state, fix, cause } = asFailure(error, connection);
    if (code === 'internal/defect') throw error;
    throw new Failure(code, message, {
      ...(state === undefined ? {} : { state }),
      ...(fix === undefined ? {} : { fix }),
      cause,
      details: { statement },
    });
  }
}
